/**
 * Negotiate flags (MS-NLMP 2.2.2.5), those that decide anything here.
 *
 * @module
 */
export const flags = {
  unicode: 0x0000_0001,
  requestTarget: 0x0000_0004,
  sign: 0x0000_0010,
  ntlm: 0x0000_0200,
  alwaysSign: 0x0000_8000,
  extendedSessionSecurity: 0x0008_0000,
  targetInfo: 0x0080_0000,
  version: 0x0200_0000,
  keyLength128: 0x2000_0000,
  keyExchange: 0x4000_0000,
  keyLength56: 0x8000_0000,
} as const

export const has = (all: number, one: number) => (all & one) !== 0

/** What a client asks for that only wants to log in: no signing and no sealing of what follows. */
export const loginFlags =
  (flags.unicode |
    flags.requestTarget |
    flags.ntlm |
    flags.alwaysSign |
    flags.extendedSessionSecurity |
    flags.targetInfo |
    flags.keyLength128 |
    flags.keyLength56) >>>
  0
