// The container in which the server sends a run: "ADH1", length of the header, header (JSON), arrays.

const MAGIC = 0x31484441; // "ADH1", little-endian
const TYPES = { u1: Uint8Array, u2: Uint16Array, i2: Int16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };

// ArrayBuffer -> {header, arrays: {name: typed array}}. The arrays are views on the buffer, nothing is copied.
export function unpack(buffer) {
  const view = new DataView(buffer);
  if (buffer.byteLength < 8 || view.getUint32(0, true) !== MAGIC) {
    throw new Error("not a packed run: it does not begin with ADH1");
  }
  const begin = 8 + view.getUint32(4, true);
  if (begin > buffer.byteLength) {
    throw new Error(`broken off: the header ends at byte ${begin}, there are ${buffer.byteLength}`);
  }
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, begin - 8)));
  const arrays = {};
  for (const [name, entry] of Object.entries(header.arrays)) {
    arrays[name] = arrayOf(buffer, begin, name, entry);
  }
  return { header, arrays };
}

function arrayOf(buffer, begin, name, entry) {
  const Type = TYPES[entry.type];
  if (Type === undefined) {
    throw new Error(`array ${name}: no type ${entry.type}`);
  }
  const length = entry.shape.reduce((product, size) => product * size, 1);
  if (begin + entry.at + length * Type.BYTES_PER_ELEMENT > buffer.byteLength) {
    throw new Error(`broken off: array ${name} reaches beyond the end`);
  }
  return new Type(buffer, begin + entry.at, length);
}
