/**
 * MAC addresses: one spelling, and what its bits say.
 *
 * @module
 */

/** 12 hexadecimal digits in upper case, without separators: as Cisco ISE asks. */
export type Mac = string

/**
 * Of any spelling: two, four or six digits between `:` `-` `.` or blanks, or none, in any case.
 *
 * @returns `undefined` for what names no single station: another length, multicast,
 *   broadcast, and all zeros, which a loopback interface has.
 */
export function readMac(text: string): Mac | undefined {
  if (text.length > 64) return undefined
  const digits = text.replaceAll(/[\s:.-]/g, '').toUpperCase()
  if (!/^[0-9A-F]{12}$/.test(digits) || digits === '000000000000') return undefined
  return firstByte(digits) % 2 === 1 ? undefined : digits
}

/** Made up by software and not by the maker: random per network, virtual machines, containers. IEEE 802, 48-bit addresses. */
export function isLocallyAdministered(mac: Mac): boolean {
  return (firstByte(mac) & 0b10) !== 0
}

/** For people. */
export function printMac(mac: Mac): string {
  return mac.match(/../g)?.join(':') ?? mac
}

function firstByte(mac: Mac): number {
  return Number.parseInt(mac.slice(0, 2), 16)
}
