/**
 * Windows: facts through fixed PowerShell queries that answer JSON, and manage-bde.
 *
 * Never ran on Windows here: its readers are tested on answers written from Microsoft's
 * documentation. What a reader does not recognize, it leaves unknown.
 *
 * @module
 */
import { hostname } from 'node:os'
import { reportedMacs, said, type Observation } from '../platform/observation.ts'
import { plainMessage, type Message, type Outcome, type Platform } from '../platform/platform.ts'
import type { Programs } from '../platform/programs.ts'
import { readBitLocker } from './bitlocker.ts'
import { readMachine, type Machine } from './machine.ts'

const system = 'C:\\Windows\\System32'
const powershell = [`${system}\\WindowsPowerShell\\v1.0\\powershell.exe`]
const manageBde = [`${system}\\manage-bde.exe`]
const rundll = [`${system}\\rundll32.exe`]
const msg = [`${system}\\msg.exe`]

/** Fixed text: nothing is ever put into it. */
const query = [
  '$ErrorActionPreference="SilentlyContinue";',
  '[ordered]@{',
  'bios=Get-CimInstance Win32_BIOS|Select-Object SerialNumber;',
  'product=Get-CimInstance Win32_ComputerSystemProduct|Select-Object UUID,Vendor,Name;',
  'os=Get-CimInstance Win32_OperatingSystem|Select-Object Caption,Version;',
  'adapters=@(Get-NetAdapter|Select-Object Name,PermanentAddress,MacAddress,Virtual,HardwareInterface);',
  'firewall=@(Get-NetFirewallProfile|ForEach-Object{[string]$_.Enabled});',
  'secureBoot=(Get-ItemProperty HKLM:\\SYSTEM\\CurrentControlSet\\Control\\SecureBoot\\State).UEFISecureBootEnabled;',
  'inactivity=(Get-ItemProperty HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Policies\\System).InactivityTimeoutSecs',
  '}|ConvertTo-Json -Depth 4 -Compress',
].join('')

export class Windows implements Platform {
  readonly #programs: Programs
  constructor(programs: Programs) {
    this.#programs = programs
  }

  async observe(): Promise<Observation> {
    const [answer, disks] = await Promise.all([
      this.#programs.run(powershell, [
        '-NoProfile',
        '-NonInteractive',
        '-ExecutionPolicy',
        'Restricted',
        '-Command',
        query,
      ]),
      this.#programs.run(manageBde, ['-status']),
    ])
    const machine: Machine = readMachine(answer?.code === 0 ? answer.out : '')
    return {
      identifiers: {
        hostName: hostname(),
        macs: reportedMacs(machine.adapters),
        ...(machine.serial === undefined ? {} : { serial: machine.serial }),
        ...(machine.uuid === undefined ? {} : { uuid: machine.uuid }),
      },
      facts: {
        diskEncrypted: said(disks?.code === 0 ? readBitLocker(disks.out) : undefined),
        pinLocked: said(machine.isScreenLocking),
        // Windows has no jailbreak to look for; test signing and the like are for secure boot.
        jailBroken: said<boolean>(undefined),
        firewallOn: said(machine.isFirewallOn),
        secureBootOn: said(machine.isSecureBootOn),
        manufacturer: said(machine.manufacturer),
        model: said(machine.model),
        platform: { value: 'windows' },
        osName: said(machine.osName),
        osVersion: said(machine.osVersion),
      },
    }
  }

  async lock(): Promise<Outcome> {
    const ran = await this.#programs.run(rundll, ['user32.dll,LockWorkStation'])
    return ran?.code === 0
      ? { isDone: true, says: 'The session of the hub was asked to lock.' }
      : { isDone: false, says: 'The session could not be locked.' }
  }

  async show(message: Message): Promise<Outcome> {
    const ran = await this.#programs.run(msg, ['*'], plainMessage(message))
    return ran?.code === 0
      ? { isDone: true, says: 'Shown to everybody who is signed in.' }
      : { isDone: false, says: 'This edition of Windows has no msg.exe, or nobody is signed in.' }
  }
}
