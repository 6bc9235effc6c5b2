import { refusal, type Refusal } from "./error.ts";

/** Files that were uploaded in Google's resumable way, and those that batches write. */
export interface Files {
  /** Begins an upload: the address to send the bytes to. */
  begin(): string;
  /** Ends an upload: the name of the file. */
  finish(uploadId: string, text: string): string | Refusal;
  write(text: string): string;
  read(name: string): string | Refusal;
}

export function createFiles(origin: string): Files {
  const texts = new Map<string, string>();
  const open = new Set<string>();
  let count = 0;
  const write = (text: string): string => {
    count += 1;
    const name = `files/fake-${count}`;
    texts.set(name, text);
    return name;
  };
  return {
    write,
    begin() {
      const id = `upload-${open.size + 1}`;
      open.add(id);
      return `${origin}/upload/v1beta/files?upload_id=${id}&upload_protocol=resumable`;
    },
    finish: (uploadId, text) => (open.has(uploadId) ? write(text) : NO_FILE),
    read: (name) => texts.get(name) ?? NO_FILE,
  };
}

const NO_FILE = refusal(403, "PERMISSION_DENIED", "You do not have permission to access the File or it may not exist.");
