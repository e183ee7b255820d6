import { Matrix } from '../compute/matrix.js'
import type { Images } from '../data/images.js'
import { paste, requireIncomplete } from '../inpainting/mask.js'
import { PrincipalComponents } from '../inpainting/principal-components.js'
import type { Completer } from './completer.js'
import type { Method } from './method.js'

/**
 * The sheet's way of filling holes: the incomplete image, with gray where pixels are missing, is
 * projected on the first d principal components of the training images, and the hole is taken from
 * the projection.
 */
export class Projection implements Completer {
  readonly #principal: PrincipalComponents
  /** d. */
  readonly components: number

  /** @param components d, from 0 to the number of pixels */
  constructor(principal: PrincipalComponents, components: number) {
    this.#principal = principal
    this.components = components
  }

  complete(z: Matrix, mask: Matrix): Matrix {
    requireIncomplete(z, mask, this.#principal.mean.length)
    const incomplete = paste(z, new Matrix(z.rows, z.cols), mask)
    return paste(z, this.#principal.reconstruct(incomplete, this.components), mask)
  }
}

/** The components of images, found once for all methods that learn from the same. */
const found = new WeakMap<Images, PrincipalComponents>()

function componentsOf(images: Images): PrincipalComponents {
  const principal = found.get(images) ?? PrincipalComponents.fit(images)
  found.set(images, principal)
  return principal
}

/** Projection on d components, or on all of images that have fewer pixels. */
export function projectionOn(d: number): Method {
  return {
    name: `pca-${d}`,
    title: `PCA, d = ${d}`,
    effort: 'seconds',
    holes: 'any',
    async *train({ images }) {
      yield { done: 0, of: 1 }
      const principal = componentsOf(images)
      return { completer: new Projection(principal, Math.min(d, principal.mean.length)) }
    },
  }
}
