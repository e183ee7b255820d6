export type { ModelCard } from './answer-schemas.js'
export { defaultLimits, type Limits } from './limits.js'
export type { ModelFile, Reloaded } from './models/model-registry.js'
export { Service, type ServiceOptions } from './service.js'
