/**
 * MAC addresses as clients of this API write them, made one: twelve upper-case hex digits.
 *
 * @module
 */

/** Any separators, any case, braces or not: nothing is guessed. @returns `undefined` for what is no address of a station. */
export function readMacAddress(written: string): string | undefined {
  if (written.length > 64) return undefined
  const digits = written.replaceAll(/[\s:.\-{}]/g, '').toUpperCase()
  if (!/^[0-9A-F]{12}$/.test(digits) || digits === '000000000000') return undefined
  // The lowest bit of the first octet is a group's (IEEE 802, 8.2): no device has one.
  return (Number.parseInt(digits.slice(0, 2), 16) & 1) === 1 ? undefined : digits
}
