/**
 * The platform of the machine this runs on.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Linux } from './linux/linux.ts'
import { MacOs } from './macos/macos.ts'
import { systemFiles } from './platform/files.ts'
import type { Platform } from './platform/platform.ts'
import { SystemPrograms, type Programs } from './platform/programs.ts'
import { Windows } from './windows/windows.ts'

export function thisPlatform(clock: Clock): { readonly platform: Platform; readonly programs: Programs } {
  const programs = new SystemPrograms(clock)
  if (process.platform === 'win32') return { platform: new Windows(programs), programs }
  if (process.platform === 'darwin') return { platform: new MacOs(programs), programs }
  return { platform: new Linux(systemFiles, programs), programs }
}
