import { createHash, timingSafeEqual } from 'node:crypto'
import { LacunaError } from 'lacuna'

/**
 * A check of `Authorization: Bearer TOKEN` (RFC 6750). Digests are compared, which are of one length, and in
 * a time that does not depend on where they differ.
 *
 * @returns a function that throws LACUNA_E_TOKEN for any other header
 */
export function requireToken(token: string): (header: string | undefined) => void {
  const expected = digest(token)
  return header => {
    const given = /^Bearer +(\S+) *$/i.exec(header ?? '')?.[1]
    if (timingSafeEqual(digest(given ?? ''), expected) && given !== undefined) return
    throw new LacunaError(
      'LACUNA_E_TOKEN',
      given === undefined ? 'the request has no bearer token' : 'the token is another',
      'Send the header Authorization: Bearer TOKEN, with the token of whoever runs the service.',
    )
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
