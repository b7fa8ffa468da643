/**
 * The library that writes certificates and requests, loaded when one is written.
 *
 * A connector writes one at enrollment and at renewal and would carry the library, some
 * twenty megabytes, for all the months between.
 *
 * @module
 */
import type * as X509 from '@peculiar/x509'

export type { X509 }

export async function x509Library(): Promise<typeof X509> {
  // Decorator metadata, which the library needs before it is loaded and does not load itself.
  await import('reflect-metadata')
  return import('@peculiar/x509')
}
