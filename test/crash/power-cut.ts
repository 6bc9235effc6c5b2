import type { DiskEvent } from "./disk-record.ts";

type Change = Extract<DiskEvent, { readonly kind: "write" | "resize" }>;

/** A disk writes so many bytes or none of them. */
const SECTOR = 512;

/** What a disk still wrote of what it was not asked to have written by then: which of a change's sectors. */
export type Survives = (change: Change, sector: number) => boolean;

/** The files as a power cut leaves them. */
export type Remains = ReadonlyMap<string, Buffer>;

/**
 * The disk after a power cut at that time of the record: what was there when a sync of its file began, and that sync had
 * ended, is there; of what came after, what `survives`. A sector that a later change was to write too holds either.
 */
export function remainsAt(events: readonly DiskEvent[], time: number, survives: Survives): Remains {
  const syncs = events.filter((event) => event.kind === "sync" && event.until < time);
  const files = new Map<string, File>();
  for (const event of events) {
    if (event.from >= time) break;
    if (event.kind !== "write" && event.kind !== "resize") continue;
    const file = files.get(event.file) ?? new File();
    files.set(event.file, file);
    const isSynced = syncs.some((sync) => sync.kind === "sync" && sync.file === event.file && sync.from > event.until);
    file.apply(event, isSynced ? () => true : survives);
  }
  return new Map([...files].map(([name, file]) => [name, file.contents()]));
}

class File {
  #bytes = Buffer.alloc(0);
  #size = 0;

  apply(change: Change, survives: Survives): void {
    if (change.kind === "resize") {
      if (survives(change, 0)) this.#resize(change.size);
      return;
    }
    const { at, data } = change;
    for (let start = 0, sector = 0; start < data.length; sector += 1) {
      const end = Math.min(data.length, start + SECTOR - ((at + start) % SECTOR));
      if (survives(change, sector)) this.#write(data.subarray(start, end), at + start);
      start = end;
    }
  }

  contents(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  #write(data: Buffer, at: number): void {
    if (at + data.length > this.#size) this.#resize(at + data.length);
    data.copy(this.#bytes, at);
  }

  #resize(size: number): void {
    if (size > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(size, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    if (size < this.#size) this.#bytes.fill(0, size, this.#size);
    this.#size = size;
  }
}
