import type { ReviewItem } from "../../run/reports/index.ts";
import { acceptNote, type AcceptedNote } from "../../stages/load/markdown/index.ts";
import { openWorkspace } from "../../stores/workspace/index.ts";
import { countOf } from "../text/report-text.ts";
import { showPath } from "../text/show-path.ts";
import { print } from "../terminal/print.ts";

/** Moves notes out of review as they are, and reports where they went. */
export async function acceptReview(
  items: readonly ReviewItem[],
  { workspace: folder, json = false }: { readonly workspace: string; readonly json?: boolean | undefined },
): Promise<void> {
  const accepted: (AcceptedNote & { readonly itemId: string })[] = [];
  if (items.length > 0) {
    await using workspace = openWorkspace(folder);
    for (const { itemId, outputPath } of items) {
      if (outputPath === undefined) continue;
      accepted.push({ itemId, ...(await acceptNote(outputPath, itemId, workspace.ledger)) });
    }
  }
  const lines = accepted.map(
    ({ outputPath, edited }) => `  ${showPath(outputPath)}${edited ? " (as you edited it)" : ""}`,
  );
  print(
    json
      ? JSON.stringify({ accepted }, undefined, 2)
      : [
          accepted.length === 0
            ? "No notes are in review: nothing to do."
            : `${countOf(accepted.length, "note")} accepted:`,
          ...lines,
        ].join("\n"),
  );
}
