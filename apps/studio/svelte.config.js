// Svelte's own TypeScript is enough: types are erased, nothing is transformed.
export default {}
