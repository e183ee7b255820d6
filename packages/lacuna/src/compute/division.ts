import { BLOCK_BITS, type Kernels } from './kernels.js'

/** A call's arguments, in the order of the kernel's parameters. */
export type Call = readonly number[]

/** How calls of one kernel are divided into parts that may be computed in any order, at once. */
export interface Division {
  /** Into how many units a call can be divided: columns, rows, or groups of elements. */
  units(call: Call): number
  /** About how many additions and multiplications it makes, or numbers it moves. */
  work(call: Call): number
  /** The call that computes units from … to − 1 alone. */
  part(call: Call, from: number, to: number): number[]
}

/** A part of a matrix's columns begins at a multiple of so many: what `product` packs together. */
const PANEL = 8

/** A part of the examples of a mixture density network begins at a multiple of so many: whole vectors. */
const EXAMPLES = 16

/** The same for `bitProduct`: the columns of a table. */
const TABLE_COLUMNS = 32

/** A part of a vector begins at a multiple of so many elements: a few cache lines of floats. */
const GROUP = 256

/**
 * An elementwise kernel: part of it is the same kernel on part of its vectors.
 * @param vectors which arguments are pointers to floats
 * @param length which argument is the number of elements
 * @param each how much work an element is
 */
function elementwise(vectors: readonly number[], length: number, each: number): Division {
  return {
    units: call => Math.ceil(call[length]! / GROUP),
    work: call => each * call[length]!,
    part: (call, from, to) => {
      const first = GROUP * from
      const part = [...call]
      for (const at of vectors) part[at]! += 4 * first
      part[length] = Math.min(call[length]!, GROUP * to) - first
      return part
    },
  }
}

/** A kernel that makes floats of bytes. */
const bytewise: Division = {
  units: ([, , n]) => Math.ceil(n! / GROUP),
  work: ([, , n]) => n!,
  part: ([out, bytes, n], from, to) => {
    const first = GROUP * from
    return [out! + 4 * first, bytes! + first, Math.min(n!, GROUP * to) - first]
  },
}

/** A transcendental function of each element. */
const unary = elementwise([0, 1], 2, 20)

/**
 * The kernels whose calls can be divided without a change of bits, because every sum of theirs stays
 * whole: products by columns of the result, sparse ones by its rows, sums of columns by columns,
 * what goes element by element by elements. See `Kernels` for what the arguments are.
 */
export const divisions = {
  product: {
    units: ([, , , n]) => Math.ceil(n! / PANEL),
    work: ([, , m, n, k]) => m! * n! * k!,
    part: (call, from, to) => {
      const [c, cRow, m, n, k, a, aRow, aCol, b, bRow, bCol, mode, alpha, bias, f] = call as Product
      const first = PANEL * from
      const columns = Math.min(n, PANEL * to) - first
      const [C, B] = [c + 4 * first, b + 4 * first * bCol]
      const q = bias && bias + 4 * first
      return [C, cRow, m, columns, k, a, aRow, aCol, B, bRow, bCol, mode, alpha, q, f]
    },
  },
  sparseProduct: {
    units: ([, , n]) => n!,
    // How many entries there are is not looked at: some twenty a row are taken for granted.
    work: ([, , n, cols]) => 20 * n! * cols!,
    part: ([c, cRow, _, cols, starts, ends, ...rest], from, to) => [
      ...[c! + 4 * from * cRow!, cRow!, to - from, cols!],
      ...[starts! + 4 * from, ends! + 4 * from, ...rest],
    ],
  },
  listRows: {
    units: call => call[6]!,
    work: ([, , , , , , n, cols]) => 4 * n! * cols!,
    part: ([starts, ends, columns, values, x, background, _, cols], from, to) => [
      ...[starts! + 4 * from, ends! + 4 * from, columns!, values!],
      ...[x! + 4 * from * cols!, background!, to - from, cols!],
    ],
  },
  rowDots: {
    units: call => call[8]!,
    work: ([, , , , cols, , , , n]) => 20 * n! * cols!,
    part: ([out, a, b, bias, cols, starts, ends, rows, _, f], from, to) => [
      ...[out!, a! + 4 * from * cols!, b!, bias!, cols!],
      ...[starts! + 4 * from, ends! + 4 * from, rows!, to - from, f!],
    ],
  },
  solveSubmatrices: {
    units: ([, , , , , groups]) => groups!,
    // How large the submatrices are is not looked at: a seventh of the rows is taken for granted.
    work: ([, , , , , groups, , cols]) => (groups! * cols! * cols! * cols!) / 1000,
    part: ([values, starts, ends, columns, firsts, _, a, cols, room], from, to) => [
      ...[values!, starts!, ends!, columns!, firsts! + 4 * from, to - from],
      ...[a!, cols!, room! + 4 * from * cols! * cols!],
    ],
  },
  columnSums: {
    units: call => Math.ceil(call[4]! / PANEL),
    work: ([, , , rows, cols]) => 2 * rows! * cols!,
    part: ([out, x, xRow, rows, cols, mode, alpha], from, to) => {
      const first = PANEL * from
      const columns = Math.min(cols!, PANEL * to) - first
      return [out! + 4 * first, x! + 4 * first, xRow!, rows!, columns, mode!, alpha!]
    },
  },
  scaleRows: {
    units: ([, , n]) => n!,
    work: ([, , n, cols]) => n! * cols!,
    part: ([y, factors, _, cols], from, to) => [
      ...[y! + 4 * from * cols!, factors! + 4 * from, to - from, cols!],
    ],
  },
  classScores: {
    units: call => call[5]!,
    work: ([, , , , , n, classes, hidden]) => 20 * n! * classes! * hidden!,
    part: ([scores, states, t, u, bias, _, classes, hidden], from, to) => [
      scores! + 4 * from * classes!,
      states && states + 4 * from * classes! * hidden!,
      ...[t! + 4 * from * hidden!, u!, bias!, to - from, classes!, hidden!],
    ],
  },
  mixtureErrors: {
    units: call => Math.ceil(call[4]! / EXAMPLES),
    // Three exponentials a component, which are worth some twenty each.
    work: ([, , , , n, m, c]) => n! * m! * (60 + 10 * c!),
    part: (call, from, to) => {
      const [errors, slopes, z, t, n, m, c, shared, floor, factor, room] = call as Mixture
      const first = EXAMPLES * from
      const scales = (m * c) / shared
      const width = 4 * (m + m * c + scales)
      return [
        ...[errors + 4 * first, slopes && slopes + width * first, z + width * first],
        ...[t + 4 * c * first, Math.min(n, EXAMPLES * to) - first, m, c, shared, floor, factor],
        room + (width + 4 * (m + scales + c + 2)) * first,
      ]
    },
  },
  gatherRows: {
    units: call => call[3]!,
    work: ([, , , n, cols]) => n! * cols!,
    part: ([out, x, rows, _, cols], from, to) => [
      ...[out! + 4 * from * cols!, x!, rows! + 4 * from, to - from, cols!],
    ],
  },
  bitProduct: {
    units: ([, , , n]) => Math.ceil(n! / TABLE_COLUMNS),
    // How many ones there are is not looked at: an entry for every other group is taken for granted.
    work: ([, , m, n, k]) => (m! * n! * k!) / 8,
    part: ([c, cRow, m, n, k, list, ends, b, bRow, bCol, alpha, beta, bias, ...rest], from, to) => {
      const first = TABLE_COLUMNS * from
      const columns = Math.min(n!, TABLE_COLUMNS * to) - first
      const [C, B] = [c! + 4 * first, b! + 4 * first * bCol!]
      const q = bias && bias + 4 * first
      return [C, cRow!, m!, columns, k!, list!, ends!, B, bRow!, bCol!, alpha!, beta!, q!, ...rest]
    },
  },
  listBits: {
    units: ([, , , m]) => m!,
    work: ([, , , m, k]) => 2 * m! * k!,
    part: ([list, ends, bits, , k, row, col], from, to) => [
      list! + 4 * from * Math.ceil(k! / 4),
      ends! + 4 * from * Math.max(1, Math.ceil(k! / BLOCK_BITS)),
      ...[bits! + from * row!, to - from, k!, row!, col!],
    ],
  },
  centreRows: {
    units: ([, , , rows]) => rows!,
    work: ([, , , rows, cols]) => rows! * cols!,
    part: ([x, centre, alpha, , cols], from, to) => [
      ...[x! + 4 * from * cols!, centre!, alpha!, to - from, cols!],
    ],
  },
  bernoulli: {
    units: ([, , n]) => Math.ceil(n! / GROUP),
    work: ([, , n]) => 20 * n!,
    part: ([bits, p, n, low, high, stream, step, offset], from, to) => {
      const first = GROUP * from
      const count = Math.min(n!, GROUP * to) - first
      const P = p! + 4 * first
      return [bits! + first, P, count, low!, high!, stream!, step!, offset! + first]
    },
  },
  bytesToFloats: bytewise,
  expandBytes: bytewise,
  activate: elementwise([0], 1, 10),
  activationGradient: elementwise([0, 1], 2, 2),
  scale: elementwise([0], 2, 1),
  addScaled: elementwise([0, 1], 3, 2),
  blend: elementwise([0, 1, 2, 3], 4, 3),
  exp: unary,
  log: unary,
  tanh: unary,
  sigmoid: unary,
  softplus: unary,
  momentumStep: elementwise([0, 1, 2], 3, 4),
  adamStep: elementwise([0, 1, 2, 3], 4, 12),
  averageStep: elementwise([0, 1], 2, 3),
} satisfies Partial<Record<keyof Kernels, Division>>

/** The arguments of `product`. */
type Product = Parameters<Kernels['product']>

/** The arguments of `mixtureErrors`. */
type Mixture = Parameters<Kernels['mixtureErrors']>

/** A kernel whose calls can be divided. */
export type Divisible = keyof typeof divisions
