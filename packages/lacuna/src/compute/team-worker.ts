import { parent } from '#worker'
import type { Recruitment } from './background.js'
import { useBuild } from './kernels.js'
import { help } from './team.js'
import { Workspace } from './workspace.js'

parent.onmessage = ({ data }) => {
  const { memory, board, build } = data as Recruitment
  if (build) useBuild(build)
  help(new Workspace({ memory }).kernels, memory, board)
}
