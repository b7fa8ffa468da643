/**
 * Tags of LDAP messages.
 *
 * @module
 */

/** Application tags of RFC 4511 4.2 to 4.13. */
export const operationTags = {
  bindRequest: 0x60,
  bindResponse: 0x61,
  unbindRequest: 0x42,
  searchRequest: 0x63,
  searchEntry: 0x64,
  searchDone: 0x65,
  abandonRequest: 0x50,
  searchReference: 0x73,
  extendedRequest: 0x77,
  extendedResponse: 0x78,
  intermediateResponse: 0x79,
} as const

export const controlsTag = 0xa0
