/**
 * Thumbprints, so that two people can compare one over the phone.
 *
 * @module
 */

/** Without colons, as certificate tools take it. */
export function bare(thumbprint: string): string {
  return thumbprint.replaceAll(':', '')
}

/** Groups of eight: `28B876A3 663CBDD4 …`. */
export function grouped(thumbprint: string): readonly string[] {
  return bare(thumbprint).match(/.{1,8}/g) ?? []
}
