import models from 'lacuna-models/models.json'

/** Whether a method's checkpoint comes with the studio. */
export function readyMade(method: string): boolean {
  return Object.hasOwn(models, method)
}
