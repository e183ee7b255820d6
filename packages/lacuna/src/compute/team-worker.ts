import { parent } from '#worker'
import type { Recruitment } from './background.js'
import { help } from './team.js'
import { Workspace } from './workspace.js'

parent.onmessage = ({ data }) => {
  const { memory, board } = data as Recruitment
  help(new Workspace({ memory }).kernels, memory, board)
}
