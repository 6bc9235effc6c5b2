import { existsSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { isBuiltin } from "node:module";
import { LOADED_UNSEEN, roomOf, type Way } from "./rooms.ts";

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
  if (isForTests(targetPlace)) return "product code imports no test or fixture";
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

/** Why a file of `src/` may not load code in a way that does not show what is loaded. */
export function whyWayRefused(file: string, way: Way): string | undefined {
  const place = placeInSrc(file);
  if (place === undefined || isForTests(place)) return undefined;
  const isListed = LOADED_UNSEEN.some((entry) => entry.file === place && entry.way === way);
  return isListed ? undefined : `${way} hides what is loaded: write an import, or list ${place} in lint/rooms.ts`;
}

interface Expression {
  readonly type: string;
  readonly name?: unknown;
  readonly value?: unknown;
  readonly quasis?: readonly { readonly value: { readonly cooked?: string | null } }[];
}

interface Specified {
  readonly source?: Expression | null;
}

interface Call {
  readonly callee: Expression;
  readonly arguments: readonly Expression[];
}

interface Member {
  readonly object: Expression;
  readonly property: Expression;
}

interface ImportEquals {
  readonly moduleReference: { readonly type: string; readonly expression?: Expression };
}

/** The text of a string, or of a template without expressions. */
function textOf({ value, quasis }: Expression): string | undefined {
  if (typeof value === "string") return value;
  return quasis?.length === 1 ? (quasis[0]?.value.cooked ?? undefined) : undefined;
}

/** Functions that are refused wherever their name stands: an import, a member, a pattern. */
const LOADERS: ReadonlyMap<unknown, Way> = new Map([
  ["createRequire", "createRequire"],
  ["getBuiltinModule", "getBuiltinModule"],
]);

const rule = {
  meta: { docs: { description: "Rooms of src/ import what lint/rooms.ts allows, and enter each other by index.ts." } },
  create(context: { readonly filename: string; report(problem: { node: unknown; message: string }): void }) {
    const reported = new Set<Way>();
    const refuseWay = (node: unknown, way: Way): void => {
      const message = whyWayRefused(context.filename, way);
      // A function that is imported and called is one problem.
      if (message === undefined || reported.has(way)) return;
      reported.add(way);
      context.report({ node, message });
    };
    const lookAt = (node: unknown, source: Expression | undefined): void => {
      const specifier = source && textOf(source);
      if (specifier === undefined) {
        refuseWay(node, "a computed import");
        return;
      }
      const message = whyRefused(context.filename, specifier);
      if (message !== undefined) context.report({ node, message });
    };
    const look = (node: Specified): void => {
      if (node.source) lookAt(node, node.source);
    };
    const lookAtName = (node: Expression): void => {
      const way = LOADERS.get(node.name ?? node.value);
      if (way !== undefined) refuseWay(node, way);
    };
    return {
      ImportDeclaration: look,
      ImportExpression: look,
      TSImportType: look,
      ExportAllDeclaration: look,
      ExportNamedDeclaration: look,
      TSImportEqualsDeclaration(node: ImportEquals): void {
        const { type, expression } = node.moduleReference;
        if (type === "TSExternalModuleReference") lookAt(node, expression);
      },
      CallExpression(node: Call): void {
        if (node.callee.type === "Identifier" && node.callee.name === "require") lookAt(node, node.arguments[0]);
      },
      MemberExpression({ object, property }: Member): void {
        const name = property.name ?? textOf(property);
        if (object.type === "MetaProperty" && name === "resolve") refuseWay(property, "import.meta.resolve");
      },
      Identifier: lookAtName,
      Literal: lookAtName,
    };
  },
};

export default { meta: { name: "house" }, rules: { rooms: rule } };
