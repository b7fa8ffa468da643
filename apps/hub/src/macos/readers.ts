/**
 * Reads what the programs of macOS say.
 *
 * @module
 */
import type { Adapter } from '../platform/observation.ts'

export function readPlatformExpert(text: string): { readonly serial?: string; readonly uuid?: string } {
  const serial = /"IOPlatformSerialNumber" = "([^"]+)"/.exec(text)?.[1]
  const uuid = /"IOPlatformUUID" = "([^"]+)"/.exec(text)?.[1]
  return { ...(serial === undefined ? {} : { serial }), ...(uuid === undefined ? {} : { uuid }) }
}

const builtOfSoftware = /bridge|vlan|virtual|bluetooth pan/i

export function readHardwarePorts(text: string): readonly Adapter[] {
  return text.split(/\n\s*\n/).flatMap((block) => {
    const name = /^Hardware Port: (.+)$/m.exec(block)?.[1]
    const mac = /^Ethernet Address: ([0-9a-f:]{17})$/im.exec(block)?.[1]
    if (name === undefined || mac === undefined) return []
    return [{ name, mac, isPhysical: !builtOfSoftware.test(name), isDefaultRoute: false }]
  })
}

export function readFileVault(text: string): boolean | undefined {
  // While it is still encrypting, or decrypting, it is not yet, or no more, safe.
  if (/Encryption in progress|Decryption in progress/.test(text)) return false
  return onOff(/FileVault is (On|Off)\./.exec(text)?.[1])
}

export function readSip(text: string): boolean | undefined {
  const word = /System Integrity Protection status: (enabled|disabled)/.exec(text)?.[1]
  return word === undefined ? undefined : word === 'enabled'
}

export function readFirewall(text: string): boolean | undefined {
  const word = /Firewall is (enabled|disabled|on|off|blocking)/i.exec(text)?.[1]?.toLowerCase()
  return word === undefined ? undefined : word !== 'disabled' && word !== 'off'
}

export function readScreenLock(text: string): boolean | undefined {
  if (/screenLock is off/i.test(text)) return false
  return /screenLock delay is /i.test(text) ? true : undefined
}

function onOff(word: string | undefined): boolean | undefined {
  return word === undefined ? undefined : word === 'On'
}
