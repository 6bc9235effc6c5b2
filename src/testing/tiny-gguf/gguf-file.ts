/** A value of a GGUF file's metadata, with the type it is written as. */
export type GgufValue =
  | { readonly type: "uint32" | "int32" | "float32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly values: readonly string[] }
  | { readonly type: "int32s" | "float32s"; readonly values: readonly number[] };

/** A tensor of 32-bit floats. `shape` begins with the length of a row, as ggml has it. */
export interface GgufTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export interface GgufContent {
  readonly metadata: Readonly<Record<string, GgufValue>>;
  readonly tensors: readonly GgufTensor[];
}

/** Tensors begin at multiples of this many bytes. */
const ALIGNMENT = 32;
const VERSION = 3;
const FLOAT32_TENSOR = 0;

/**
 * The bytes of a GGUF file, version 3: header, metadata, the list of tensors, then their data. All numbers are
 * little-endian (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 */
export function ggufBytes({ metadata, tensors }: GgufContent): Uint8Array {
  const entries = Object.entries(metadata);
  const head = [
    Buffer.from("GGUF"),
    uint32(VERSION),
    uint64(tensors.length),
    uint64(entries.length),
    ...entries.flatMap(([key, value]) => [text(key), ...valueBytes(value)]),
  ];
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    head.push(text(name), uint32(shape.length), ...shape.map(uint64), uint32(FLOAT32_TENSOR), uint64(offset));
    offset += padded(data.byteLength);
  }
  const headBytes = Buffer.concat(head);
  return Buffer.concat([
    withPadding(headBytes),
    ...tensors.map(({ data }) => withPadding(Buffer.from(data.buffer, data.byteOffset, data.byteLength))),
  ]);
}

/** The numbers by which a GGUF file names the types of values. */
const TYPE_IDS = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

function valueBytes(entry: GgufValue): readonly Buffer[] {
  switch (entry.type) {
    case "uint32":
    case "int32":
    case "float32":
      return [uint32(TYPE_IDS[entry.type]), numberBytes(entry.type, entry.value)];
    case "bool":
      return [uint32(TYPE_IDS.bool), Buffer.from([entry.value ? 1 : 0])];
    case "string":
      return [uint32(TYPE_IDS.string), text(entry.value)];
    case "strings":
      return [...arrayHead(TYPE_IDS.string, entry.values), ...entry.values.map(text)];
    case "int32s":
      return [...arrayHead(TYPE_IDS.int32, entry.values), ...entry.values.map((n) => numberBytes("int32", n))];
    case "float32s":
      return [...arrayHead(TYPE_IDS.float32, entry.values), ...entry.values.map((n) => numberBytes("float32", n))];
  }
}

const arrayHead = (typeId: number, values: readonly unknown[]): readonly Buffer[] => [
  uint32(TYPE_IDS.array),
  uint32(typeId),
  uint64(values.length),
];

function numberBytes(type: "uint32" | "int32" | "float32", value: number): Buffer {
  const bytes = Buffer.alloc(4);
  if (type === "float32") bytes.writeFloatLE(value);
  else if (type === "int32") bytes.writeInt32LE(value);
  else bytes.writeUInt32LE(value);
  return bytes;
}

const uint32 = (value: number): Buffer => numberBytes("uint32", value);

function uint64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([uint64(bytes.length), bytes]);
}

const padded = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

const withPadding = (bytes: Buffer): Buffer =>
  Buffer.concat([bytes, Buffer.alloc(padded(bytes.length) - bytes.length)]);
