// Writes the table of rooms (lint/rooms.ts) into ARCHITECTURE.md, between its two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { roomsTable } from "../lint/rooms-table.ts";

const PAGE = "ARCHITECTURE.md";
const [begin, end] = ["<!-- rooms -->\n", "\n<!-- /rooms -->"];
const page = readFileSync(PAGE, "utf8");
const from = page.indexOf(begin) + begin.length;
const to = page.indexOf(end);
if (from < begin.length || to < from) throw new Error(`${PAGE} has no ${begin.trim()} ... ${end.trim()}.`);
writeFileSync(PAGE, page.slice(0, from) + roomsTable() + page.slice(to));
console.log(`${PAGE} has the table of rooms.`);
