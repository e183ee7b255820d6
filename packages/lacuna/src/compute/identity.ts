/** One identity, checked: what `lacuna verify` prints. */
export interface IdentityCheck {
  readonly identity: string
  readonly method: string
  readonly error: number
  readonly tolerance: number
  readonly ok: boolean
}
