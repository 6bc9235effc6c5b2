import type { EndedItem } from "../../core/storage/index.ts";
import type { LoadChange } from "../../core/pipeline/index.ts";
import type { SessionReport } from "../../run/reports/index.ts";
import { wholeItems } from "../../core/session/index.ts";
import { atWorkspaceOf } from "./at-workspace.ts";
import { countOf, formatCount } from "./report-text.ts";
import { showPath } from "./show-path.ts";

/** The most files that are listed at the end of a run. */
const SHOWN_FILES = 5;

/** What loads did: new, updated, and where a version beside an edited note went. */
export function writtenLines(report: SessionReport): readonly string[] {
  const { session, loads } = report;
  const counts = CHANGES.flatMap(({ change, label }) => {
    const count = countLoads({ loads }, change);
    return count === 0 ? [] : [`${formatCount(count)} ${label}`];
  });
  return [
    ...(counts.length === 0
      ? []
      : [`  completed: ${[...counts, ...unreported(wholeItems(session).completed, loads)].join(", ")}`]),
    ...filesOf("beside", "written beside the version that you edited:", report),
    ...filesOf("replaced", "written in place of your version, which is beside it:", report),
  ];
}

/** How many completed items were loaded like this; those for review are counted by their reasons. */
const countLoads = ({ loads }: Pick<SessionReport, "loads">, change: LoadChange): number =>
  loads
    .filter((load) => load.status === "completed" && load.change === change)
    .reduce((sum, { count }) => sum + count, 0);

const CHANGES = [
  { change: "created", label: "new" },
  { change: "updated", label: "updated" },
  { change: "beside", label: "beside an edited one" },
  { change: "replaced", label: "in place of an edited one" },
] as const satisfies readonly { readonly change: LoadChange; readonly label: string }[];

/** Completed items whose sink did not report it, so that the numbers add up. */
function unreported(completed: number, loads: SessionReport["loads"]): readonly string[] {
  const counted = CHANGES.reduce((sum, { change }) => sum + countLoads({ loads }, change), 0);
  const rest = completed - counted;
  return rest > 0 ? [countOf(rest, "other")] : [];
}

function filesOf(
  change: LoadChange,
  title: string,
  { session, folder, loads, edited }: Pick<SessionReport, "session" | "folder" | "loads" | "edited">,
): readonly string[] {
  const count = loads.filter((load) => load.change === change).reduce((sum, load) => sum + load.count, 0);
  if (count === 0) return [];
  const shown = edited.filter((item) => item.change === change).slice(0, SHOWN_FILES);
  const hidden = count - shown.length;
  return [
    `  ${title}`,
    ...shown.map((item) => `    ${fileOf(item)}`),
    ...(hidden > 0
      ? [
          `    and ${countOf(hidden, "more", "more")}: holdfast show ${session.id} --status completed${atWorkspaceOf({ folder })}`,
        ]
      : []),
  ];
}

const fileOf = ({ outputPath, itemId }: EndedItem): string =>
  outputPath === undefined ? itemId : showPath(outputPath);
