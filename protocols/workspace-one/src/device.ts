/**
 * Devices as Workspace ONE writes them, for clients that know its names and its dates.
 *
 * What is not known is left out. A client that cannot do without reads no, which is
 * the side to err on.
 *
 * @module
 */

/** What is told about a device. Absent is unknown. */
export interface UemSource {
  /** A number of the device's own, for clients that can only keep numbers. */
  readonly number: number
  readonly guid: string
  readonly groupNumber: number
  readonly group: string
  readonly groupName: string
  readonly registered: boolean
  readonly compliant?: boolean
  readonly failing?: readonly { readonly policy: string; readonly rule: string; readonly says?: string }[]
  readonly evaluatedAtMs?: number
  readonly macs: readonly string[]
  readonly diskEncrypted?: boolean
  readonly pinLock?: boolean
  readonly jailBroken?: boolean
  readonly manufacturer?: string
  readonly model?: string
  readonly platform?: string
  readonly osVersion?: string
  readonly serial?: string
  readonly udid?: string
  readonly imei?: string
  readonly phoneNumber?: string
  readonly hostName?: string
  readonly name?: string
  readonly username?: string
  readonly email?: string
  readonly ownership?: 'corporate' | 'employee' | 'shared'
  readonly lastCheckinMs?: number
  readonly enrolledAtMs?: number
}

/** Three digits and no zone: the form real servers use, and the only one Forescout reads. */
export function uemDate(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString().slice(0, -1)
}

const ownerships = { corporate: 'C', employee: 'E', shared: 'S' } as const

export function ownershipOf({ ownership }: Pick<UemSource, 'ownership'>): 'C' | 'E' | 'S' | 'Undefined' {
  return ownership === undefined ? 'Undefined' : ownerships[ownership]
}

export function complianceOf({ compliant }: Pick<UemSource, 'compliant'>): string {
  return compliant === undefined ? 'NotAvailable' : compliant ? 'Compliant' : 'NonCompliant'
}

export function uemDevice(source: UemSource) {
  const name = source.name ?? source.hostName
  return {
    Id: { Value: source.number },
    Uuid: source.guid,
    Udid: source.udid,
    SerialNumber: source.serial,
    MacAddress: source.macs[0],
    Imei: source.imei,
    DeviceFriendlyName: name,
    DeviceReportedName: source.hostName ?? name,
    LocationGroupId: { Id: { Value: source.groupNumber }, Name: source.groupName, Uuid: source.group },
    LocationGroupName: source.groupName,
    UserId: source.username === undefined ? undefined : { Name: source.username },
    UserName: source.username,
    UserEmailAddress: source.email,
    Ownership: ownershipOf(source),
    Platform: source.platform,
    Model: source.model,
    OperatingSystem: source.osVersion,
    PhoneNumber: source.phoneNumber,
    LastSeen: uemDate(source.lastCheckinMs),
    EnrollmentStatus: source.registered ? 'Enrolled' : 'Unenrolled',
    ComplianceStatus: complianceOf(source),
    CompromisedStatus: source.jailBroken,
    LastEnrolledOn: uemDate(source.enrolledAtMs),
    LastComplianceCheckOn: uemDate(source.evaluatedAtMs),
    ComplianceSummary: { DeviceCompliance: (source.failing ?? []).map((failing) => failed(failing, source)) },
    DataEncryptionYN: source.diskEncrypted === undefined ? undefined : source.diskEncrypted ? 'Y' : 'N',
    HostName: source.hostName,
    DeviceNetworkInfo: source.macs.map((mac) => ({ MACAddress: mac })),
    OEMInfo: source.manufacturer,
  }
}

function failed(failing: NonNullable<UemSource['failing']>[number], { evaluatedAtMs }: UemSource) {
  return {
    CompliantStatus: false,
    PolicyName: failing.policy,
    PolicyDetail: failing.says ?? failing.rule,
    LastComplianceCheck: uemDate(evaluatedAtMs),
    ActionTaken: [],
  }
}

/** What a NAC wants to know about how safe a device is. */
export function uemSecurity(source: UemSource) {
  return {
    Id: { Value: source.number },
    Uuid: source.guid,
    IsCompromised: source.jailBroken,
    DataProtectionEnabled: source.diskEncrypted,
    BlockLevelEncryption: source.diskEncrypted,
    FileLevelEncryption: undefined,
    IsPasscodePresent: source.pinLock,
    IsPasscodeCompliant: source.pinLock,
  }
}

export function uemUser(source: UemSource) {
  const { username, email, phoneNumber } = source
  return {
    DeviceUser: { UserName: username, Email: email, ContactNumber: phoneNumber, SecurityType: undefined },
  }
}
