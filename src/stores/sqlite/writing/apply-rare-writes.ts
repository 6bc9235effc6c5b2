import type { DatabaseSync } from "node:sqlite";
import { renumber } from "../renumber.ts";
import { reopenItems } from "../reopen.ts";
import type { Tallies } from "../tallies.ts";
import type { RareWrite } from "./writes.ts";

/** Makes a write that needs to know what a pipeline is: a thread loads that only when there is such a write. */
export function applyRarely(db: DatabaseSync, data: RareWrite, tallies: Tallies): unknown {
  switch (data[0]) {
    case "reopen": {
      const [, query, layouts] = data;
      return reopenItems(db, query, { tallies, layouts });
    }
    case "renumber": {
      const [, phase, steps] = data;
      return renumber(db, phase, steps);
    }
    case "replace": {
      const [, phase, itemId, content, sourcePath, metadata] = data;
      db.prepare(REPLACE_CONTENT).run(content, sourcePath, metadata, phase, itemId);
      return void reopenItems(db, { phase, itemIds: [itemId], force: true }, { tallies });
    }
  }
}

const REPLACE_CONTENT = "UPDATE items SET content = ?, source_path = ?, metadata = ? WHERE phase = ? AND item_id = ?";
