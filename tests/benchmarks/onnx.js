// Writes ONNX models: the few messages of onnx.proto that a graph of named nodes needs, in protobuf's wire format.

const elementTypes = {float32: 1, int64: 7};
const attributeTypes = {float: 1, int: 2, ints: 7};
const text = new TextEncoder();

function joined(parts) {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
function varint(value) {
  const bytes = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
const integer = (field, value) => joined([varint(field << 3), varint(value)]);
const bytes = (field, value) => joined([varint(field << 3 | 2), varint(value.length), value]);
const string = (field, value) => bytes(field, text.encode(value));
const message = (field, ...parts) => bytes(field, joined(parts));
const float = (field, value) => joined([varint(field << 3 | 5), new Uint8Array(Float32Array.of(value).buffer)]);

function attribute([name, value]) {
  if (Array.isArray(value))
    return message(5, string(1, name), ...value.map((v) => integer(8, v)), integer(20, attributeTypes.ints));
  if (typeof value === 'object')  // {float: 1}: a float with a whole value
    return message(5, string(1, name), float(2, value.float), integer(20, attributeTypes.float));
  return message(5, string(1, name), integer(3, value), integer(20, attributeTypes.int));
}

export class Graph {
  #nodes = [];
  #inputs = [];
  #outputs = [];
  #constants = [];
  #names = 0;

  #value(field, name, dims, type) {
    const shape = message(2, ...dims.map((d) => message(1, integer(1, d))));
    return message(field, string(1, name), message(2, message(1, integer(1, elementTypes[type]), shape)));
  }
  input(name, dims, type = 'float32') {
    this.#inputs.push(this.#value(11, name, dims, type));
    return name;
  }
  output(name, dims, type = 'float32') {
    this.#outputs.push(this.#value(12, name, dims, type));
  }
  /** A constant tensor; numbers become float32, BigInts int64. dims [] is a scalar. */
  constant(values, dims = [values.length]) {
    const whole = typeof values[0] === 'bigint', name = `constant_${++this.#names}`;
    const data = whole ? BigInt64Array.from(values) : Float32Array.from(values);
    this.#constants.push(message(5, ...dims.map((d) => integer(1, d)), integer(2, elementTypes[whole ? 'int64' : 'float32']),
                                 string(8, name), bytes(9, new Uint8Array(data.buffer))));
    return name;
  }
  integers(...values) { return this.constant(values.map(BigInt)); }
  /** Appends a node; returns the name of its output, or an array of names. `as` names the first output. */
  node(operator, inputs, attributes = {}, {outputs = 1, domain = '', as} = {}) {
    const names = Array.from({length: outputs}, (_, i) => i === 0 && as || `${operator}_${++this.#names}`);
    this.#nodes.push(message(1, ...inputs.map((name) => string(1, name)), ...names.map((name) => string(2, name)),
                             string(3, names[0]), string(4, operator), ...Object.entries(attributes).map(attribute),
                             ...(domain ? [string(7, domain)] : [])));
    return outputs === 1 ? names[0] : names;
  }
  /** The model file. */
  model() {
    const graph = message(7, ...this.#nodes, string(2, 'graph'), ...this.#constants, ...this.#inputs, ...this.#outputs);
    return joined([integer(1, 8), graph, message(8, string(1, ''), integer(2, 17)),
                   message(8, string(1, 'com.microsoft'), integer(2, 1))]);
  }
}
