/**
 * Disk encryption of Linux, from what lsblk says: every file system on a disk must lie on dm-crypt.
 *
 * @module
 */

interface BlockDevice {
  readonly type?: unknown
  readonly fstype?: unknown
  readonly mountpoints?: unknown
  readonly mountpoint?: unknown
  readonly rm?: unknown
  readonly children?: unknown
}

/** Programs that start the system lie there in the clear, by design, and no data. */
const startsTheSystem = /^\/(?:boot|efi)(?:\/|$)/
/** Encrypts by itself, in ways lsblk does not show. */
const unclear = new Set(['zfs_member', 'bcachefs', 'LVM2_thinpool'])
const noDisk = new Set(['rom', 'loop'])

/** The arguments whose answer is read here. */
export const lsblkArguments = ['--json', '--output', 'NAME,TYPE,FSTYPE,MOUNTPOINTS,RM'] as const

/**
 * @returns true or false for all fixed disks that are in use; `undefined` when the root file system is on none that
 *   is shown (containers), or lies on something that may encrypt by itself.
 */
export function linuxEncryption(lsblkJson: string): boolean | undefined {
  const mounts = mountsOf(lsblkJson)
  if (mounts === undefined || !mounts.some(({ at }) => at === '/')) return undefined
  const holding = mounts.filter(({ at }) => !startsTheSystem.test(at))
  if (holding.some((mount) => !mount.isEncrypted && !mount.isUnclear)) return false
  return holding.some((mount) => mount.isUnclear && !mount.isEncrypted) ? undefined : true
}

interface Mount {
  readonly at: string
  readonly isEncrypted: boolean
  readonly isUnclear: boolean
}

function mountsOf(text: string): readonly Mount[] | undefined {
  try {
    const { blockdevices } = JSON.parse(text) as { readonly blockdevices?: unknown }
    return Array.isArray(blockdevices)
      ? (blockdevices as BlockDevice[]).flatMap((one) => under(one, false, 0))
      : undefined
  } catch {
    return undefined
  }
}

function under(device: BlockDevice, isBelowCrypt: boolean, depth: number): readonly Mount[] {
  if (depth > 16 || noDisk.has(String(device.type)) || device.rm === true || device.rm === '1') return []
  const isEncrypted = isBelowCrypt || device.type === 'crypt'
  const isUnclear = unclear.has(String(device.fstype))
  const points = Array.isArray(device.mountpoints) ? (device.mountpoints as unknown[]) : [device.mountpoint]
  const own = points
    .filter((at): at is string => typeof at === 'string' && at !== '')
    .map((at) => ({ at, isEncrypted, isUnclear }))
  const children = Array.isArray(device.children) ? (device.children as BlockDevice[]) : []
  return [...own, ...children.flatMap((child) => under(child, isEncrypted, depth + 1))]
}
