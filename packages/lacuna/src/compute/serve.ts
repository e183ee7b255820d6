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
 */
export function serve<Job>(generator: (job: Job) => Iterator<unknown>): void {
  const answer = (message: Answer<unknown>) => parent.postMessage(message)
  let items: Iterator<unknown> | undefined
  useTeams(lead)
  parent.onmessage = ({ data }) => {
    try {
      if (!items) {
        const { job, build } = data as { job: Job; build?: KernelBuild }
        if (build) useBuild(build)
        items = generator(job)
      }
      const { done, value } = items.next()
      answer(done ? { done } : { item: value })
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
