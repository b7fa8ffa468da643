/**
 * macOS: facts from ioreg, networksetup, fdesetup, csrutil and their like.
 *
 * Never ran on macOS here: its readers are tested on answers written from Apple's manual
 * pages. What a reader does not recognize, it leaves unknown.
 *
 * @module
 */
import { hostname } from 'node:os'
import { reportedMacs, said, type Observation } from '../platform/observation.ts'
import { plainMessage, type Message, type Outcome, type Platform } from '../platform/platform.ts'
import type { Programs } from '../platform/programs.ts'
import {
  readFileVault,
  readFirewall,
  readHardwarePorts,
  readPlatformExpert,
  readScreenLock,
  readSip,
} from './readers.ts'

export class MacOs implements Platform {
  readonly #programs: Programs
  constructor(programs: Programs) {
    this.#programs = programs
  }

  async observe(): Promise<Observation> {
    const [expert, ports, name, version, vault, sip, lock, firewall, model] = await Promise.all([
      this.#ask('/usr/sbin/ioreg', '-rd1', '-c', 'IOPlatformExpertDevice'),
      this.#ask('/usr/sbin/networksetup', '-listallhardwareports'),
      this.#ask('/usr/bin/sw_vers', '-productName'),
      this.#ask('/usr/bin/sw_vers', '-productVersion'),
      this.#ask('/usr/bin/fdesetup', 'status'),
      this.#ask('/usr/bin/csrutil', 'status'),
      this.#ask('/usr/sbin/sysadminctl', '-screenLock', 'status'),
      this.#ask('/usr/libexec/ApplicationFirewall/socketfilterfw', '--getglobalstate'),
      this.#ask('/usr/sbin/sysctl', '-n', 'hw.model'),
    ])
    const isProtected = readSip(sip)
    return {
      identifiers: {
        hostName: hostname(),
        macs: reportedMacs(readHardwarePorts(ports)),
        ...readPlatformExpert(expert),
      },
      facts: {
        diskEncrypted: said(readFileVault(vault)),
        pinLocked: said(readScreenLock(lock)),
        // Without system integrity protection anything may have been changed.
        jailBroken: said(isProtected === undefined ? undefined : !isProtected),
        firewallOn: said(readFirewall(firewall)),
        secureBootOn: said<boolean>(undefined),
        manufacturer: { value: 'Apple' },
        model: said(lineOf(model)),
        platform: { value: 'macos' },
        osName: said(lineOf(name)),
        osVersion: said(lineOf(version)),
      },
    }
  }

  async lock(): Promise<Outcome> {
    const ran = await this.#programs.run(['/usr/bin/pmset'], ['displaysleepnow'])
    return ran?.code === 0
      ? { isDone: true, says: 'The display was switched off; it locks as this Mac’s settings say.' }
      : { isDone: false, says: 'The display could not be switched off.' }
  }

  async show(message: Message): Promise<Outcome> {
    const ran = await this.#programs.run(['/usr/bin/wall'], [], `${plainMessage(message)}\n`)
    return ran?.code === 0
      ? { isDone: true, says: 'Shown on every terminal; there is no way to open a dialog from here.' }
      : { isDone: false, says: 'There is no way to show messages on this machine.' }
  }

  /** sysadminctl answers on standard error. */
  async #ask(program: string, ...args: readonly string[]): Promise<string> {
    const ran = await this.#programs.run([program], args)
    return ran?.code === 0 ? `${ran.out}${ran.err}` : ''
  }
}

function lineOf(text: string): string | undefined {
  return text.trim() === '' ? undefined : text.trim().split('\n', 1)[0]
}
