/**
 * Linux: facts from sysfs, DMI and lsblk; sessions from logind.
 *
 * Whether the system was *rooted* cannot be told of a Linux machine: its administrator is
 * root by right. Only what no administrator does is an indicator: a library forced into
 * every program from a place where anybody can write.
 *
 * @module
 */
import { hostname } from 'node:os'
import type { Files } from '../platform/files.ts'
import { reportedMacs, said, type Observation } from '../platform/observation.ts'
import { plainMessage, type Message, type Outcome, type Platform } from '../platform/platform.ts'
import type { Programs } from '../platform/programs.ts'
import { linuxEncryption, lsblkArguments } from './disks.ts'
import { linuxAdapters } from './network.ts'
import { linuxPacketFilter, nftArguments } from './packet-filter.ts'
import { linuxScreenLock } from './screen-lock.ts'

const lsblk = ['/usr/bin/lsblk', '/bin/lsblk']
const nft = ['/usr/sbin/nft', '/sbin/nft']
const loginctl = ['/usr/bin/loginctl', '/bin/loginctl']
const wall = ['/usr/bin/wall']

export class Linux implements Platform {
  readonly #files: Files
  readonly #programs: Programs

  constructor(files: Files, programs: Programs) {
    this.#files = files
    this.#programs = programs
  }

  async observe(): Promise<Observation> {
    const files = this.#files
    const [disks, filter, isLocking] = await Promise.all([
      this.#programs.run(lsblk, lsblkArguments),
      this.#programs.run(nft, nftArguments),
      linuxScreenLock(files, this.#programs),
    ])
    const release = osRelease(files.read('/etc/os-release') ?? files.read('/usr/lib/os-release') ?? '')
    const serial = files.read('/sys/class/dmi/id/product_serial') ?? files.read('/proc/device-tree/serial-number')
    const uuid = files.read('/sys/class/dmi/id/product_uuid')
    return {
      identifiers: {
        hostName: hostname(),
        macs: reportedMacs(linuxAdapters(files)),
        ...(serial === undefined ? {} : { serial }),
        ...(uuid === undefined ? {} : { uuid }),
      },
      facts: {
        diskEncrypted: said(disks?.code === 0 ? linuxEncryption(disks.out) : undefined),
        pinLocked: said(isLocking),
        jailBroken: said(preloadsFromOpenPlaces(files)),
        firewallOn: said(filter?.code === 0 ? linuxPacketFilter(filter.out) : undefined),
        secureBootOn: said(secureBoot(files)),
        manufacturer: said(files.read('/sys/class/dmi/id/sys_vendor')),
        model: said(files.read('/sys/class/dmi/id/product_name') ?? files.read('/proc/device-tree/model')),
        platform: { value: 'linux' },
        osName: said(release.get('PRETTY_NAME') ?? release.get('NAME')),
        osVersion: said(release.get('VERSION_ID')),
      },
    }
  }

  async lock(): Promise<Outcome> {
    const ran = await this.#programs.run(loginctl, ['lock-sessions'])
    if (ran?.code === 0) return { isDone: true, says: 'Every session that can be locked was asked to lock.' }
    return { isDone: false, says: 'logind did not lock: there is none here, or the hub may not ask it.' }
  }

  async show(message: Message): Promise<Outcome> {
    const ran = await this.#programs.run(wall, [], `${plainMessage(message)}\n`)
    return ran?.code === 0
      ? { isDone: true, says: 'Shown on every terminal that takes messages.' }
      : { isDone: false, says: 'There is no way to show messages on this machine.' }
  }
}

/** os-release(5): shell assignments, of which only plain and quoted values are read. */
function osRelease(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|([^"'\s]*))\s*$/.exec(line.trim())
    const [, name, double, single, plain] = match ?? []
    return name === undefined ? [] : [[name, double ?? single ?? plain ?? ''] as const]
  })
  return new Map(rows.filter(([, value]) => value !== ''))
}

const anybodyWrites = /^\/(?:tmp|var\/tmp|dev\/shm|run\/user|home)\//

function preloadsFromOpenPlaces(files: Files): true | undefined {
  const libraries = (files.read('/etc/ld.so.preload') ?? '').split(/[\s:]+/)
  return libraries.some((path) => anybodyWrites.test(path)) ? true : undefined
}

/** UEFI 2.10, 3.3: the variable SecureBoot; four bytes of attributes, then 0 or 1. A machine without UEFI has none. */
function secureBoot(files: Files): boolean | undefined {
  const value = files.readBytes('/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c')
  return value?.length === 5 ? value[4] === 1 : undefined
}
