// For Node two files, made by scripts/bundle.js: its loader takes longer over a hundred of them than
// the library over a first step. For bundlers of pages the modules, of which a page takes what it uses.
export * from '#library'
