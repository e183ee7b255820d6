declare module 'virtual:sheet-text' {
  export const text: import('./sheet-text.js').SheetText
}

declare module 'virtual:sheet-proofs' {
  export const proofs: import('./sheet-text.js').Proofs
}

declare module 'virtual:sheet-sources' {
  /** The text of each file that a section names, by its path. */
  export const sources: Readonly<Record<string, () => Promise<{ default: string }>>>
}
