import { describeStore } from "../../testing/stores/index.ts";
import { openMemoryStore } from "./index.ts";

describeStore("memory", openMemoryStore);
