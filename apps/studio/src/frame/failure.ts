/** What went wrong, and how to mend it. */
export interface Failure {
  readonly what: string
  readonly hint: string
}
