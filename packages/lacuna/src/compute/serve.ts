import { parent } from '#worker'
import { LacunaError } from '../errors.js'
import type { Answer, Described, Request } from './background.js'
import { type KernelBuild, type Kernels, useBuild } from './kernels.js'
import { BOARD_BYTES, dividedKernels } from './team.js'
import { useTeams, type Workspace } from './workspace.js'

/**
 * A worker's end of `iterate` (background.ts): runs `generator` on the job it is sent and answers each
 * request for the next item. Called once, at the top of a worker's module. The workspaces of this
 * thread may then have teams, for which it asks for helpers.
 * @param handOver which buffers of an item go to the caller for good, so that no thread has to copy
 *   them; none if left out
 */
export function serve<Job, Item>(
  generator: (job: Job) => Iterator<Item>,
  handOver: (item: Item) => ArrayBuffer[] = () => [],
): void {
  const answer = (message: Answer<Item>, buffers: ArrayBuffer[] = []) =>
    parent.postMessage(message, buffers)
  let items: Iterator<Item> | undefined
  useTeams(lead)
  parent.onmessage = ({ data }) => {
    try {
      if (!items) {
        const { job, build } = data as { job: Job; build?: KernelBuild }
        if (build) useBuild(build)
        items = generator(job)
      }
      const { done, value } = items.next()
      if (done) answer({ done })
      else answer({ item: value }, handOver(value))
    } catch (error) {
      answer({ error: described(error) })
    }
  }
}

/** Kernels of a team that this thread leads; the helpers join when they are up. */
function lead(own: Kernels, workspace: Workspace, threads: number): Kernels {
  const { memory } = workspace
  const board = workspace.bytes(BOARD_BYTES).byteOffset
  const request: Request = { helpers: threads - 1, recruitment: { memory, board } }
  return dividedKernels(own, memory, board, () => parent.postMessage(request))
}

function described(error: unknown): Described {
  if (!(error instanceof LacunaError)) return { message: String(error) }
  const { code, message, hint } = error
  return { code, message: message.slice(code.length + 2), hint }
}
