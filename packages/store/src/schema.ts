/**
 * The tables, as the type system sees them.
 *
 * Only types that SQLite and PostgreSQL agree on: text, whole numbers (times are
 * milliseconds since 1970), bytes, and JSON as text. No row holds a readable secret.
 *
 * @module
 */
type Bytes = Uint8Array

export interface Schema {
  meta: { name: string; value: string }
  /** One data key per group, sealed under the master key. The scope of what belongs to no group is empty. */
  dataKeys: { scope: string; version: number; sealed: Bytes; createdAt: number }
  groups: {
    id: string
    parentId: string | null
    /** The parent again, empty at the top: NULLs are never equal, so a unique rule needs a value. */
    parentKey: string
    name: string
    nameKey: string
    createdAt: number
  }
  certificates: {
    id: string
    groupId: string | null
    kind: string
    der: Bytes
    keyId: string
    serial: string
    notBefore: number
    notAfter: number
    status: string
    createdAt: number
  }
  keys: {
    id: string
    groupId: string | null
    certificateId: string | null
    purpose: string
    sealed: Bytes
    createdAt: number
  }
  instances: {
    id: string
    groupId: string
    name: string
    publicKey: Bytes
    keyId: string
    certificateId: string
    status: string
    createdAt: number
    revokedAt: number | null
    lastSeen: number | null
    software: string | null
    policyDigest: string | null
    trustSetNumber: number | null
  }
  enrollmentCodes: {
    codeId: string
    groupId: string
    sealedSecret: Bytes
    name: string
    createdAt: number
    expiresAt: number
    usedAt: number | null
    usedBy: string | null
  }
  installers: {
    keyId: string
    groupId: string
    usesLeft: number
    createdAt: number
    expiresAt: number
    revokedAt: number | null
  }
  admins: {
    id: string
    name: string
    nameKey: string
    passwordHash: string
    createdAt: number
    failedCount: number
    throttledUntil: number | null
  }
  adminAccounts: {
    adminId: string
    kind: string
    /** Empty for the whole installation, as in every `groupKey`. */
    groupKey: string
    disabledAt: number | null
    expiresAt: number | null
    pinHash: string | null
    totpSealed: Bytes | null
    totpConfirmedAt: number | null
    /** The last time step a code was used of: no code works twice. */
    totpStep: number
  }
  recoveryCodes: { adminId: string; digest: Bytes }
  sessions: {
    digest: Bytes
    adminId: string
    createdAt: number
    lastSeenAt: number
    expiresAt: number
    browser: string | null
    addressFamily: string | null
  }
  roles: { id: string; groupKey: string; name: string; nameKey: string; resources: string; createdAt: number }
  roleAssignments: { subjectKind: string; subjectId: string; roleId: string; groupKey: string; createdAt: number }
  groupPins: { groupKey: string; pinHash: string }
  apiKeys: {
    id: string
    digest: Bytes
    name: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
  }
  serviceSettings: { groupId: string; service: string; settings: string; generation: number; updatedAt: number }
  serviceSecrets: { groupId: string; service: string; field: string; sealed: Bytes }
  settingsPages: {
    groupId: string
    page: string
    mode: string
    childPermission: string
    generation: number
    updatedAt: number
  }
  placements: { subject: string; placement: string; createdAt: number }
  trustSets: { groupId: string; number: number; issuedAt: number; bytes: Bytes }
  admissionLists: { relayId: string; number: number; issuedAt: number; bytes: Bytes }
  counters: { name: string; value: number }
  requestLog: {
    position: number
    requestId: string
    requestDigest: Bytes
    replyDigest: Bytes | null
    outcome: string
    operation: string
    groupId: string
    instanceId: string | null
    component: string
    at: number
    previousHash: Bytes
    hash: Bytes
  }
  auditLog: {
    position: number
    at: number
    actorKind: string
    actorId: string
    actorName: string
    source: string
    action: string
    object: string
    groupId: string | null
    note: string | null
    outcome: string
    begun: number | null
    traceId: string
    inputDigest: Bytes | null
    outputDigest: Bytes | null
    previousHash: Bytes
    hash: Bytes
  }
  events: {
    number: number
    id: string
    at: number
    severity: string
    category: string
    groupId: string | null
    about: string
    details: string
    words: string
  }
  traces: { id: string; number: number; target: string; groupId: string | null; at: number; content: string }
  rotations: {
    id: string
    number: number
    groupId: string
    cause: string
    scope: string
    state: string
    startedAt: number
    startedBy: string
    graceEndsAt: number
    authorityId: string | null
    signingId: string
    trustSetNumber: number | null
    switchedAt: number | null
    endedAt: number | null
    leftBehind: number | null
  }
  devices: {
    id: string
    groupId: string
    state: string
    name: string
    nameKey: string
    hostName: string
    serial: string
    userName: string
    manufacturer: string
    model: string
    platform: string
    osVersion: string
    ownership: string
    /** The first current one. */
    mac: string
    macCount: number
    /** Of the current ones, those that software made up. */
    randomMacs: number
    /** 1, 0, or unknown. */
    diskEncrypted: number | null
    pinLocked: number | null
    jailBroken: number | null
    compliant: number
    failing: number
    failingPolicies: string
    sources: string
    search: string
    enrolledAt: number
    lastReportAt: number
    stateAt: number
    nextEvaluationAt: number | null
  }
  deviceDetails: { deviceId: string; content: string }
  deviceIdentifiers: { kind: string; key: string; deviceId: string; isCurrent: number; lastSeenAt: number }
  deviceSources: { groupId: string; source: string; sourceId: string; deviceId: string }
  devicePolicies: { id: string; groupId: string; name: string; nameKey: string; content: string; changedAt: number }
  deviceEnrollmentCodes: {
    id: string
    groupId: string
    digest: Bytes
    label: string
    needsLogin: number
    usesLeft: number
    createdAt: number
    expiresAt: number
    revokedAt: number | null
    usedAt: number | null
  }
  deviceCredentials: {
    deviceId: string
    publicKey: Bytes
    sequence: number
    createdAt: number
    lastUsedAt: number
    userName: string | null
  }
  deviceCommands: {
    id: string
    deviceId: string
    kind: string
    state: string
    text: string | null
    requestedBy: string
    note: string | null
    dedupKey: string | null
    requestedAt: number
    expiresAt: number
    sentAt: number | null
    endedAt: number | null
    result: string | null
  }
  deviceHistory: {
    deviceId: string
    number: number
    at: number
    kind: string
    details: string
    /** Among those of all devices; none for rows from before there was one. */
    place: number | null
  }
  syslogTargets: {
    id: string
    groupId: string
    name: string
    settings: string
    sealed: Bytes | null
    createdAt: number
    updatedAt: number
  }
  syslogPositions: { target: string; position: number; sequence: number; state: string }
  syslogFeed: {
    number: number
    groupId: string | null
    at: number
    severity: string
    category: string
    target: string | null
    bytes: number
    content: string
  }
  connectorStates: { instanceId: string; state: string; weight: number; changedAt: number }
  agentSecrets: {
    id: string
    groupId: string
    digest: Bytes
    name: string
    createdAt: number
    expiresAt: number | null
    revokedAt: number | null
    lastUsedAt: number | null
    lastAgent: string | null
  }
  mdmSources: {
    id: string
    groupId: string
    name: string
    settings: string
    sealed: Bytes | null
    state: string
    createdAt: number
    updatedAt: number
  }
  mdmSourceDevices: { source: string; sourceId: string; missing: number }
  mailMessages: {
    id: string
    number: number
    groupId: string
    dedupKey: string
    template: string
    subject: string
    messageId: string
    /** Text and HTML; nothing once all have it. */
    sealed: Bytes | null
    state: string
    attempts: number
    createdAt: number
    giveUpAt: number
    /** The earliest of its recipients'. */
    nextAttemptAt: number | null
    waitsFor: string | null
    /** `MailWaits`. */
    waits: string | null
    endedAt: number | null
  }
  mailRecipients: {
    message: string
    position: number
    address: string
    state: string
    attempts: number
    unknownTimes: number
    nextAttemptAt: number | null
    changedAt: number
    reply: number | null
    status: string | null
    said: string | null
  }
  mailAttempts: {
    message: string
    number: number
    startedAt: number
    endedAt: number | null
    connector: string | null
    server: string | null
    code: string | null
    says: string | null
    outcomes: string
  }
  directoryScopes: { groupId: string; scope: number; state: string }
  directoryRuns: {
    run: number
    id: string
    groupId: string
    scope: number
    number: number
    state: string
    detail: string
    startedAt: number
    endedAt: number | null
  }
  directoryObjects: {
    number: number
    scope: number
    kind: string
    id: string
    name: string
    nameKey: string
    login: string | null
    loginKey: string | null
    mail: string | null
    dn: string
    key: string
    sid: string | null
    primarySid: string | null
    flags: number
    expiresAt: number | null
    digest: Bytes
    membersDigest: Bytes | null
    content: number
    syncedAt: number
  }
  directoryContents: { content: number; fields: string }
  directoryMembers: { parent: number; child: number }
  directoryLooseMembers: { parent: number; ref: string; scope: number }
  /** Words by which those in force are found, besides the beginnings of name and login. */
  directoryWords: { scope: number; kind: string; word: string; number: number }
  directoryStaged: {
    run: number
    kind: string
    id: string
    number: number
    attempt: number
    change: string
    name: string
    nameKey: string
    login: string | null
    loginKey: string | null
    mail: string | null
    dn: string
    key: string
    sid: string | null
    primarySid: string | null
    flags: number
    expiresAt: number | null
    digest: Bytes | null
    membersDigest: Bytes | null
    content: number | null
    detail: string | null
  }
  directoryFirst: {
    run: number
    number: number
    kind: string
    id: string
    change: string
    name: string
    dn: string
    detail: string | null
  }
  directoryStagedMembers: {
    run: number
    number: number
    part: number
    attempt: number
    digest: Bytes
    count: number
    refs: string
  }
  nacFeed: { number: number; kind: string; id: string; content: string | null; at: number }
  keptAnswers: { key: string; process: string; sealed: Bytes; expiresAt: number }
}
