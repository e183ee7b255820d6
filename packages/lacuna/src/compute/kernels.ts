import { buildName, kernelBytes } from './strict-kernels.js'

/** What a layer does to its sums: the codes that the kernels know. The leaky slope is 0.2. */
export const Activation = {
  identity: 0,
  hardtanh: 1,
  tanh: 2,
  sigmoid: 3,
  relu: 4,
  leakyRelu: 5,
} as const

export type ActivationCode = (typeof Activation)[keyof typeof Activation]

/** Whether a kernel overwrites its result or adds alpha times it to what is there. */
export const Mode = { store: 0, accumulate: 1 } as const

export type ModeCode = (typeof Mode)[keyof typeof Mode]

/** Bits of a block in the lists of `listBits`. */
export const BLOCK_BITS = 512

/**
 * The float32 arithmetic of all training, and the loops of principal components, on one memory.
 *
 * Pointers are byte offsets into the memory, multiples of 4 (a view's `byteOffset`); sizes and
 * strides count elements. Nothing is checked: whoever calls has laid the memory out. Every sum has
 * one fixed order that depends on its own length alone, so that results do not change by a bit when
 * rows, columns or elements are divided among several calls: elements, unless a kernel says which.
 * Products and sums are rounded one by one (no fused multiply-add) but in the fast build, where a
 * machine that can rounds a product and its addition to a sum once.
 */
export interface Kernels {
  /**
   * C = act(A·B + bias) or C += alpha·(A·B).
   *
   * A is m×k with A[i,p] at a + 4(i·aRow + p·aCol), B is k×n with B[p,j] at b + 4(p·bRow + j·bCol),
   * C is m×n with C[i,j] at c + 4(i·cRow + j): a transposed factor is one with its strides swapped.
   * C must not overlap A, B or bias. Work is divided by rows or columns of C.
   *
   * The sum over p is taken in blocks S₁, S₂, … of 512 terms, each from first to last; then
   * `Mode.store` gives act((S₁ + S₂ + …) + biasⱼ), `Mode.accumulate` ((C + alpha·S₁) + alpha·S₂) + …
   *
   * @param mode `Mode.store` (alpha is not used) or `Mode.accumulate` (bias, activation are not used)
   * @param bias n floats; 0 for none
   * @param activation one of `Activation`
   */
  product(
    c: number,
    cRow: number,
    m: number,
    n: number,
    k: number,
    a: number,
    aRow: number,
    aCol: number,
    b: number,
    bRow: number,
    bCol: number,
    mode: ModeCode,
    alpha: number,
    bias: number,
    activation: ActivationCode,
  ): void

  /**
   * δᵢ ← δᵢ·act′, expressed through the output yᵢ = act(·): Hardtanh 1 where |y| < 1, else 0;
   * tanh 1 − y²; sigmoid y(1 − y); ReLU 1 where y > 0, else 0; leaky ReLU 1 where y > 0, else 0.2.
   * @param delta n floats, changed in place
   * @param y n floats
   */
  activationGradient(delta: number, y: number, n: number, activation: ActivationCode): void

  /** yᵢ ← act(yᵢ), for n floats. */
  activate(y: number, n: number, activation: ActivationCode): void

  /**
   * Lists where x is not `background`, row by row: entry e of row i, from place starts[i] on, has its
   * column in columns[e] and xᵢⱼ − background in values[e]; ends[i] is the place behind the last.
   *
   * This and the next four work with sparse matrices of that form: row i has the entries e from
   * starts[i] to ends[i], in ascending order. Those two lists have one unsigned 32-bit number a row,
   * `columns` one an entry, `values` one float an entry. Work is divided by rows i unless it says
   * otherwise.
   * @param starts given; the places of two rows must not overlap
   * @param ends written
   * @param x n×cols, row after row
   */
  listRows(
    starts: number,
    ends: number,
    columns: number,
    values: number,
    x: number,
    background: number,
    n: number,
    cols: number,
  ): void

  /**
   * Lists columns first … first + count − 1 of a sparse matrix as rows of its transpose. Work is
   * divided by these columns.
   * @param starts the place of each column's first entry, given: `count` of them
   * @param ends written
   * @param rows,values one an entry, written
   * @param fromStarts,fromEnds,fromColumns,fromValues the matrix, of n rows
   */
  transpose(
    starts: number,
    ends: number,
    rows: number,
    values: number,
    fromStarts: number,
    fromEnds: number,
    fromColumns: number,
    fromValues: number,
    n: number,
    first: number,
    count: number,
  ): void

  /**
   * C = act(S·B + bias) or C += alpha·(S·B + bias) with an n-row sparse S. Each sum begins with the
   * bias and adds the products from the first entry to the last. Work is divided by rows or columns.
   * @param c C, n×cols, its rows cRow floats apart
   * @param values S's, one float an entry
   * @param b B, rows of cols floats, bRow floats apart
   * @param mode as in `product`; when accumulating, a row without entries and bias is left alone
   * @param bias cols floats; 0 for none
   */
  sparseProduct(
    c: number,
    cRow: number,
    n: number,
    cols: number,
    starts: number,
    ends: number,
    columns: number,
    values: number,
    b: number,
    bRow: number,
    mode: ModeCode,
    alpha: number,
    bias: number,
    activation: ActivationCode,
  ): void

  /**
   * out[e] = x[i, columns[e]] for each entry e of row i.
   * @param out one float an entry
   * @param x n rows, xRow floats apart
   */
  gather(
    out: number,
    x: number,
    xRow: number,
    starts: number,
    ends: number,
    columns: number,
    n: number,
  ): void

  /**
   * out[e] = act(aᵢ · b_rows[e] + bias_rows[e]): the elements of act(A·Bᵀ + bias) that have an entry.
   * The products of a sum are added in sixteen lanes, then the lanes in pairs.
   * @param out one float an entry
   * @param a A, n×cols
   * @param b B, rows of cols floats
   * @param bias one float a row of B; 0 for none
   */
  rowDots(
    out: number,
    a: number,
    b: number,
    bias: number,
    cols: number,
    starts: number,
    ends: number,
    rows: number,
    n: number,
    activation: ActivationCode,
  ): void

  /**
   * x_h ← A_hh⁻¹ x_h, for rows of a sparse matrix whose entries stand in the columns h: A_hh is the
   * part of A in these rows and columns. Rows of one group have the same columns, so that one
   * decomposition of Cholesky, A_hh = UᵀU, serves them all. Work is divided by groups.
   *
   * U is computed in blocks of ten rows. Sums over the rows above a block are those of `product`,
   * within it rows are added from first to last, and so in substituting forward; in substituting
   * backward the products are added in four lanes, then the lanes in pairs.
   * @param values,starts,ends,columns the sparse matrix; its values are replaced
   * @param firsts group g is the rows firsts[g] to firsts[g + 1] − 1: groups + 1 unsigned numbers
   * @param a A, symmetric, cols×cols floats; each A_hh must be positive definite (NaN comes out else)
   * @param room cols·cols floats for each group, which need not be there beyond what its h fills
   */
  solveSubmatrices(
    values: number,
    starts: number,
    ends: number,
    columns: number,
    firsts: number,
    groups: number,
    a: number,
    cols: number,
    room: number,
  ): void

  /**
   * outⱼ = Σᵢ x[i,j] or outⱼ += alpha·Σᵢ x[i,j], rows added from first to last. Work is divided by
   * columns.
   * @param out cols floats
   * @param x rows×cols floats, rows xRow floats apart
   */
  columnSums(
    out: number,
    x: number,
    xRow: number,
    rows: number,
    cols: number,
    mode: ModeCode,
    alpha: number,
  ): void

  /** Σ xᵢ of n floats in float64: in four lanes, i mod 4, then lanes 0 and 2, 1 and 3, and both. */
  sum(x: number, n: number): number

  /**
   * The units that classes share: with o_iyk = t_ik + u_yk,
   *
   *   scores_iy = bias_y + Σ_k log(1 + e^o_iyk)  and  states_iyk = 1/(1 + e^−o_iyk).
   *
   * The sum runs in four lanes, k mod 4: of max(o, 0), and of the logarithms of the products of
   * 1 + e^−|o| over 64 units; then the lanes are added in pairs.
   * @param scores n×classes floats
   * @param states n×classes×hidden floats; 0 if they are not asked for
   * @param t n×hidden floats
   * @param u classes×hidden floats
   * @param bias one float a class
   */
  classScores(
    scores: number,
    states: number,
    t: number,
    u: number,
    bias: number,
    n: number,
    classes: number,
    hidden: number,
  ): void

  /**
   * The error of each example of a mixture density network and its slopes (Bishop 1994, eqs. 29–31, 37,
   * 38; sheet 10, exercise 1). From the network's outputs z = (z^α, z^μ, z^σ), with α = softmax(z^α),
   * μ = z^μ and σ = e^max(z^σ, floor):
   *
   *   E = −log Σ αᵢ φᵢ,   ∂E/∂zᵢ^α = αᵢ − πᵢ,   ∂E/∂zᵢₖ^μ = πᵢ(μᵢₖ − tₖ)/σᵢₖ²,
   *   ∂E/∂zᵢ^σ = πᵢ Σₖ (1 − (μᵢₖ − tₖ)²/σᵢ²) over the outputs k that share σᵢ; where z^σ < floor, not above 0.
   *
   * Softmaxes take out their greatest term, and those below e^−60 of it count as 0. With
   * ℓᵢ = |zᵢ^α| + Σₖ |log σᵢₖ| + ½ Σₖ ((μᵢₖ − tₖ)/σᵢₖ)², everything is as exact as if each log αᵢφᵢ were
   * off by some (c + 10)·2⁻²⁴ ℓᵢ, about what a change of z in its last digits does. Sums over components,
   * and within one over outputs, go from first to last. Work is divided by examples.
   * @param errors n floats
   * @param slopes n rows like those of z, receives factor·∂E/∂z; 0 if they are not asked for
   * @param z n rows of m + m·c + m·c/shared floats
   * @param t n×c floats
   * @param shared how many outputs of a component share a σ: c or 1
   * @param floor the least log σ
   * @param room 2m + m·c + 2m·c/shared + c + 2 floats for each example, their number rounded up to a
   *   multiple of 4; c at least 1
   */
  mixtureErrors(
    errors: number,
    slopes: number,
    z: number,
    t: number,
    n: number,
    m: number,
    c: number,
    shared: number,
    floor: number,
    factor: number,
    room: number,
  ): void

  /**
   * The numbers 0 … n − 1 in the order of `permutation(n, new Random(seed, stream, step))`.
   * @param order n unsigned 32-bit numbers, written
   * @param seedLow,seedHigh as in `randomBits`
   */
  shuffle(
    order: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    step: number,
  ): void

  /**
   * out[i,j] = x[rows[i],j]: some rows of a matrix, in any order. Work is divided by rows of `out`.
   * @param out n×cols floats
   * @param x rows of cols floats
   * @param rows n unsigned 32-bit numbers
   */
  gatherRows(out: number, x: number, rows: number, n: number, cols: number): void

  /** yᵢ ← alpha·yᵢ, for n floats. */
  scale(y: number, alpha: number, n: number): void

  /**
   * Row i of y, of `cols` floats, ← factorᵢ times it. Work is divided by rows.
   * @param factors n floats
   */
  scaleRows(y: number, factors: number, n: number, cols: number): void

  /** yᵢ ← yᵢ + alpha·xᵢ, for n floats. */
  addScaled(y: number, x: number, alpha: number, n: number): void

  /** xᵢ ← alpha·(xᵢ − centre), for each of `rows` rows of cols floats. Work is divided by rows. */
  centreRows(x: number, centre: number, alpha: number, rows: number, cols: number): void

  /**
   * outᵢ = xᵢ(1 − mᵢ) + yᵢmᵢ, for n floats; exactly xᵢ where mᵢ = 0 and exactly yᵢ where mᵢ = 1,
   * whatever the other is. `out` may be x, y or mask.
   */
  blend(out: number, x: number, y: number, mask: number, n: number): void

  /**
   * Pixels on the scale of the models: outᵢ = p/127.5 − 1 for byte p, rounded once.
   * @param out n floats
   * @param bytes n bytes, at any offset
   */
  expandBytes(out: number, bytes: number, n: number): void

  /** outᵢ = the number that byte i is, 0 to 255. */
  bytesToFloats(out: number, bytes: number, n: number): void

  /**
   * outᵢ ← outᵢ + xᵢ in float64, for sums over very many rows.
   * @param out n doubles, at a multiple of 8
   * @param x n floats
   */
  addToDoubles(out: number, x: number, n: number): void

  /** outᵢ = e^{xᵢ} for n floats, within 1 ulp; ∞ and 0 beyond the range of float32. `out` may be x. */
  exp(out: number, x: number, n: number): void

  /** outᵢ = log xᵢ for n floats, within 1 ulp; −∞ at 0, NaN below. `out` may be x. */
  log(out: number, x: number, n: number): void

  /** outᵢ = tanh xᵢ for n floats, within 3 ulp. `out` may be x. */
  tanh(out: number, x: number, n: number): void

  /** outᵢ = 1/(1 + e^{−xᵢ}) for n floats, within 3 ulp. `out` may be x. */
  sigmoid(out: number, x: number, n: number): void

  /** outᵢ = log(1 + e^{xᵢ}) for n floats, within 3 ulp. `out` may be x. */
  softplus(out: number, x: number, n: number): void

  /**
   * Gradient descent with momentum, for n floats: vᵢ ← momentum·vᵢ + gᵢ, wᵢ ← wᵢ − learningRate·vᵢ.
   */
  momentumStep(
    w: number,
    velocity: number,
    gradient: number,
    n: number,
    learningRate: number,
    momentum: number,
  ): void

  /**
   * Adam (Kingma & Ba 2015), for n floats: mᵢ ← β₁mᵢ + (1 − β₁)gᵢ, vᵢ ← β₂vᵢ + (1 − β₂)gᵢ²,
   * wᵢ ← wᵢ − learningRate·mᵢ/(√vᵢ + epsilon). The caller folds the corrections for the first steps'
   * bias into learningRate and epsilon.
   */
  adamStep(
    w: number,
    first: number,
    second: number,
    gradient: number,
    n: number,
    learningRate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
  ): void

  /** A moving average, for n floats: averageᵢ ← decay·averageᵢ + (1 − decay)·wᵢ. */
  averageStep(average: number, w: number, n: number, decay: number): void

  /**
   * n words of the stream that `Random(seed, stream, step)` draws from, from word `offset` on: word i
   * is word i mod 4 of Philox4x32-10 at the counter (⌊i/4⌋, step, stream, 0) under the key `seed`.
   * @param out n unsigned 32-bit words
   * @param seedLow the seed's low 32 bits
   * @param seedHigh the seed's high bits, ⌊seed/2³²⌋
   */
  randomBits(
    out: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    step: number,
    offset: number,
  ): void

  /**
   * outᵢ = low + (high − low)·u with u = (bits >>> 8)·2⁻²⁴ from word i of `randomBits`; the
   * difference, the product and the sum are each rounded to float32. Since the sum is rounded,
   * `high` itself can occur when low ≠ 0.
   */
  randomUniform(
    out: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    step: number,
    low: number,
    high: number,
  ): void

  /**
   * Independent bits, a byte each: bitsᵢ = 1 where u < pᵢ, else 0, with u = (word >>> 8)·2⁻²⁴ from
   * word offset + i of `randomBits`. So a range of rows can be drawn by itself, to the same bits. p = 0
   * never gives 1, and p = 1 always does.
   * @param bits n bytes
   * @param p n floats
   */
  bernoulli(
    bits: number,
    p: number,
    n: number,
    seedLow: number,
    seedHigh: number,
    stream: number,
    step: number,
    offset: number,
  ): void

  /**
   * Lists an m×k matrix S of bits for `bitProduct`. Its bits are taken in groups of four, each a number
   * s₄g + 2s₄g₊₁ + 4s₄g₊₂ + 8s₄g₊₃ (bits beyond the k-th count as 0), and in blocks of `BLOCK_BITS`.
   * The list of row i begins at place i·⌈k/4⌉; it has, for each group g whose number is not 0, in
   * ascending order of g, 128·(that number + 16·(g − the first group of its block)): where `bitProduct`
   * finds a sum. Work is divided by rows.
   * @param list m·⌈k/4⌉ unsigned 32-bit numbers
   * @param ends how many entries row i has in its blocks up to b, at i·⌈k/BLOCK_BITS⌉ + b (of k = 0 as
   *   of 1): unsigned 32-bit numbers
   * @param bits S[i,p] is the byte, 0 or 1, at bits + i·row + p·col
   */
  listBits(
    list: number,
    ends: number,
    bits: number,
    m: number,
    k: number,
    row: number,
    col: number,
  ): void

  /**
   * C = act(alpha·(S·B + w·biasᵀ) + beta·C) for an m×k matrix S of bits.
   *
   * With the sixteen sums of each four rows of B in a table, a row of S needs one addition for four of
   * its bits: (s₄gB₄g + s₄g₊₁B₄g₊₁) + (s₄g₊₂B₄g₊₂ + s₄g₊₃B₄g₊₃), and these are added in ascending order
   * of g, block by block: C ← beta·C + alpha·(S₁ + w·bias), C ← C + alpha·S₂, … Work is divided by
   * columns of C from a multiple of 32 on, or by rows.
   * @param c C[i,j] at c + 4(i·cRow + j); not read where beta = 0
   * @param list S by `listBits`, with `ends`
   * @param b B[p,j] at b + 4(p·bRow + j·bCol)
   * @param bias n floats; 0 for none
   * @param weights w, m floats; 0 for ones
   */
  bitProduct(
    c: number,
    cRow: number,
    m: number,
    n: number,
    k: number,
    list: number,
    ends: number,
    b: number,
    bRow: number,
    bCol: number,
    alpha: number,
    beta: number,
    bias: number,
    weights: number,
    activation: ActivationCode,
  ): void

  /**
   * Adds the products of all pairs of columns, over 128 rows of bytes: S_ij ← S_ij + Σ_r b_ri b_rj
   * modulo 2³², exact while a sum stays below that (65,536 rows or more). Pairs of rows in which four
   * neighbouring columns are 0 cost nothing.
   * @param sums S, cols×cols unsigned 32-bit numbers; where i ≥ j + 8, S_ij is left alone
   * @param bytes 128×cols bytes, row after row; rows of zeros fill up what is less
   * @param cols a multiple of 8
   * @param scratch 258·cols bytes to write to, at a multiple of 8
   */
  addByteProducts(sums: number, bytes: number, cols: number, scratch: number): void

  /**
   * A ← A − vwᵀ − wvᵀ for a symmetric A, and y = Au with that A: a step of Householder's reduction, in
   * one pass. Float64, as the next two: pointers are multiples of 8, sizes count doubles.
   * @param y n doubles, written
   * @param a A, n×n, rows aRow doubles apart; only the upper triangle is read and written
   * @param v,w,u n doubles each
   */
  updateAndMultiply(
    y: number,
    a: number,
    aRow: number,
    n: number,
    v: number,
    w: number,
    u: number,
  ): void

  /**
   * The reflection X ← X − τ v(vᵀX) of eight columns; sums run from the first row to the last.
   * @param x X, n×8 doubles
   * @param v n doubles
   */
  reflect(x: number, n: number, v: number, tau: number): void

  /**
   * Rotates neighbouring rows, one pair after the other, from k = 0 to count − 1:
   * (xₖ, xₖ₊₁) ← (c xₖ + s xₖ₊₁, c xₖ₊₁ − s xₖ).
   * @param x count + 1 rows of eight doubles
   * @param rotations c and s of each: 2·count doubles
   */
  rotate(x: number, count: number, rotations: number): void

  /** Bytes that one instance's products need for packing and tables. */
  scratchBytes(): number

  /** Gives this instance its packing scratch: `scratchBytes()` bytes at `pointer`, a multiple of 16. */
  useScratch(pointer: number): void
}

/** A build of the kernels, compiled; its name says how it rounds, and which bytes it is made of. */
export interface KernelBuild {
  readonly name: string
  readonly module: WebAssembly.Module
}

let build: KernelBuild | undefined

/** The build that this thread computes with: the strict one, unless it was given another. */
export function kernelBuild(): KernelBuild {
  build ??= { name: buildName, module: new WebAssembly.Module(kernelBytes) }
  return build
}

/** Gives this thread the build that all its instances are of. */
export function useBuild(given: KernelBuild): void {
  build = given
}

/**
 * An instance of the kernels on `memory`. It writes nothing on starting, so that several instances,
 * one to a thread, can share one memory; each needs a scratch of its own before its first `product`.
 */
export function instantiate(memory: WebAssembly.Memory): Kernels {
  const instance = new WebAssembly.Instance(kernelBuild().module, { env: { memory } })
  return instance.exports as unknown as Kernels
}
