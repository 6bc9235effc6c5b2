// Writes the table of rooms (lint/rooms.ts) into ARCHITECTURE.md, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { roomsTable } from "../lint/rooms-table.ts";

const PAGE = "ARCHITECTURE.md";
const MARKED = /(?<=<!-- rooms -->\n).*(?=<!-- \/rooms -->)/s;

const page = readFileSync(PAGE, "utf8");
if (!MARKED.test(page)) throw new Error(`${PAGE} has no <!-- rooms --> and <!-- /rooms -->.`);
writeFileSync(
  PAGE,
  page.replace(MARKED, () => `\n${roomsTable()}\n\n`),
);
console.log(`${PAGE} has the table of rooms.`);
