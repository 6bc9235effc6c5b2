export { readJekyll } from "./read-jekyll.ts";
