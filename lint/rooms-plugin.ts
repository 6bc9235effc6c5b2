import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isBuiltin } from "node:module";
import { roomOf } from "./rooms.ts";

const SRC = resolve(import.meta.dirname, "../src");

/** A place below `src/`, with `/` between its parts; `undefined` for a file that is not in there. */
function placeInSrc(file: string): string | undefined {
  const place = relative(SRC, file);
  return place.startsWith("..") ? undefined : place.split(sep).join("/");
}

/** Tests, and what only they import, may reach into any room. */
const isForTests = (place: string): boolean => /\.test(-d)?\.ts$|(^|\/)fixtures\//.test(place);

/** Why a file of `src/` may not import that, or `undefined` when it may. `file` is an absolute path. */
export function whyRefused(file: string, specifier: string): string | undefined {
  const place = placeInSrc(file);
  if (place === undefined || isForTests(place)) return undefined;
  const room = roomOf(place);
  if (!room) return `${place} is in no room: give its folder a row in lint/rooms.ts`;
  if (!specifier.startsWith(".")) return whyPackageRefused(room, specifier);
  const target = resolve(dirname(file), specifier);
  const targetPlace = placeInSrc(target);
  if (targetPlace === undefined) return `${room.folder} imports nothing from outside of src/`;
  const other = roomOf(targetPlace);
  if (!other) return `${targetPlace} is in no room: give its folder a row in lint/rooms.ts`;
  if (other !== room && !room.mayImport.includes(other.folder)) {
    return `${room.folder} may not import ${other.folder} (lint/rooms.ts)`;
  }
  const door = room.isEntry ? undefined : doorBetween(file, target);
  return door === undefined ? undefined : `from outside of ${door} import its index.ts and no other file of it`;
}

function whyPackageRefused(
  room: { readonly folder: string; readonly packages: readonly string[] },
  specifier: string,
): string | undefined {
  const name = isBuiltin(specifier)
    ? "node:"
    : specifier
        .split("/")
        .slice(0, specifier.startsWith("@") ? 2 : 1)
        .join("/");
  return room.packages.includes(name)
    ? undefined
    : `${room.folder} may not import the package ${specifier} (lint/rooms.ts)`;
}

/** The folder with an `index.ts` that the import climbs into past that index. */
function doorBetween(file: string, target: string): string | undefined {
  if (target.endsWith(`${sep}index.ts`)) return undefined;
  for (let folder = dirname(target); folder !== SRC && folder.startsWith(SRC); folder = dirname(folder)) {
    if (file.startsWith(folder + sep)) return undefined;
    if (existsSync(join(folder, "index.ts"))) return placeInSrc(folder);
  }
  return undefined;
}

interface Specified {
  readonly source?: { readonly value?: unknown } | null;
}

const rule = {
  meta: { docs: { description: "Rooms of src/ import what lint/rooms.ts allows, and enter each other by index.ts." } },
  create(context: { readonly filename: string; report(problem: { node: unknown; message: string }): void }) {
    const look = (node: Specified): void => {
      const specifier = node.source?.value;
      if (typeof specifier !== "string") return;
      const message = whyRefused(context.filename, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: look,
      ImportExpression: look,
      TSImportType: look,
      ExportAllDeclaration: look,
      ExportNamedDeclaration: look,
    };
  },
};

export default { meta: { name: "house" }, rules: { rooms: rule } };
