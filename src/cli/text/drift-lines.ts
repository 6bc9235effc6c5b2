import type { DriftReport, UnknownName } from "../../chats/report/index.ts";
import type { GoOnOptions } from "./next/go-on.ts";
import { countOf, formatCount } from "./report-text.ts";

/** One line for the end of a run; `undefined` when everything was recognized. */
export function driftLine(report: DriftReport, { at }: GoOnOptions): string | undefined {
  const parts = summaryOf(report);
  if (parts.length === 0) return undefined;
  return `${parts.join(", ")}; \`holdfast drift ${report.session}${at}\` writes a report that holds no text of yours`;
}

/** The report as lines for people. */
export function driftLines(report: DriftReport): readonly string[] {
  const parts = summaryOf(report);
  if (parts.length === 0) return [`Session ${report.session}: everything was recognized.`];
  return [
    `Session ${report.session}: ${parts.join(", ")}, in ${countOf(report.items, "chat")}`,
    ...LISTS.flatMap(({ title, of }) => listLines(title, of(report))),
    ...(report.unreported > 0 ? [`... and ${countOf(report.unreported, "other name")}`] : []),
    "Names, types and counts only: it holds nothing of what was said, so you can send it with a bug report.",
  ];
}

function summaryOf({ contentTypes, roles, recipients, wrongFields }: DriftReport): readonly string[] {
  const blocks = contentTypes.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(contentTypes.length > 0
      ? [`${countOf(contentTypes.length, "unknown content type")}, ${countOf(blocks, "block")}: kept as text`]
      : []),
    ...[
      { names: roles, what: "unknown role" },
      { names: recipients, what: "unknown recipient" },
      { names: wrongFields, what: "field" },
    ].flatMap(({ names, what }) =>
      names.length > 0 ? [`${countOf(names.length, what)}${what === "field" ? " of a wrong type" : ""}`] : [],
    ),
  ];
}

const LISTS: readonly { readonly title: string; readonly of: (report: DriftReport) => readonly UnknownName[] }[] = [
  { title: "Content types", of: ({ contentTypes }) => contentTypes },
  { title: "Roles", of: ({ roles }) => roles },
  { title: "Recipients", of: ({ recipients }) => recipients },
  { title: "Fields of a wrong type", of: ({ wrongFields }) => wrongFields },
];

function listLines(title: string, names: readonly UnknownName[]): readonly string[] {
  if (names.length === 0) return [];
  return [
    `${title}:`,
    ...names.flatMap(({ service, name, count, items, fields }) => [
      `  ${service} ${name}: ${formatCount(count)} in ${countOf(items, "chat")}`,
      ...(fields
        ? [
            `    ${Object.entries(fields)
              .map(([field, type]) => `${field} (${type})`)
              .join(", ")}`,
          ]
        : []),
    ]),
  ];
}
