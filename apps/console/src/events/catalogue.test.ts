import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue, type Category, type EventKind } from './catalogue.ts'

const kinds = Object.entries(catalogue)

test('every event has a number of its own, in the thousand of its category', () => {
  const thousands: Readonly<Record<string, Category>> = {
    1: 'connectors',
    2: 'certificates',
    3: 'admins',
    4: 'services',
    5: 'system',
    6: 'devices',
    7: 'nac',
  }

  expect(new Set(kinds.map(([, { id }]) => id)).size).toBe(kinds.length)
  expect(kinds.filter(([, { id, category }]) => !/^SG-\d{4}$/.test(id) || thousands[id[3] ?? ''] !== category)).toEqual(
    [],
  )
})

test('what is of one enterprise service says of which', () => {
  const withoutService = Object.entries<EventKind>(catalogue).filter(
    ([, { category, service }]) => category === 'services' && service === undefined,
  )

  expect(withoutService.map(([name]) => name)).toEqual([
    'serviceFailed',
    'serviceDegraded',
    'serviceRecovered',
    'settingsChanged',
    'settingsRefused',
    'settingsNotTaken',
  ])
})

/** Only ever added to. */
const given = [
  'SG-1001 connectorEnrolled',
  'SG-1002 connectorAttached',
  'SG-1003 connectorLeft',
  'SG-1004 cloneAlarm',
  'SG-1005 cloneAlarmOver',
  'SG-1006 connectorRevoked',
  'SG-1007 policyChanged',
  'SG-2001 certificateEndsIn30Days',
  'SG-2002 certificateEndsIn14Days',
  'SG-2003 certificateEndsIn7Days',
  'SG-2004 certificateEndsIn1Day',
  'SG-2005 certificateEnded',
  'SG-2006 rotationStarted',
  'SG-2007 rotationSwitched',
  'SG-2008 rotationEnded',
  'SG-2009 keysRevokedNow',
  'SG-2010 connectorLeftBehind',
  'SG-3001 signInFailed',
  'SG-3002 signInThrottled',
  'SG-3003 adminChanged',
  'SG-3004 roleChanged',
  'SG-3005 apiKeyChanged',
  'SG-3006 firstAdminMade',
  'SG-3007 endedAccountUsed',
  'SG-4001 serviceFailed',
  'SG-4002 serviceDegraded',
  'SG-4003 serviceRecovered',
  'SG-4004 settingsChanged',
  'SG-4005 settingsRefused',
  'SG-4006 settingsNotTaken',
  'SG-4010 directorySyncHeld',
  'SG-4011 directorySyncReleased',
  'SG-4012 directorySyncFailing',
  'SG-4013 directorySyncRecovered',
  'SG-4014 directoryReadAnew',
  'SG-4015 directoryServerChanged',
  'SG-4020 mailNotConfigured',
  'SG-4021 mailGivenUp',
  'SG-4022 mailRefused',
  'SG-4023 mailUnknown',
  'SG-4040 syslogFailing',
  'SG-4041 syslogRecovered',
  'SG-4042 syslogDropping',
  'SG-4043 syslogUnconfirmed',
  'SG-5001 consoleStarted',
  'SG-5002 relayLost',
  'SG-5003 relayBack',
  'SG-5004 relayChanged',
  'SG-5005 requestsNotLogged',
  'SG-5006 storeNotWritable',
  'SG-5007 storeWritable',
  'SG-5008 backupMade',
  'SG-5009 backupDownloaded',
  'SG-5010 backupRemoved',
  'SG-5011 eventsLost',
  'SG-6001 deviceUnenrolled',
  'SG-6002 deviceWipeAsked',
  'SG-6003 deviceWiped',
  'SG-6004 deviceCommandFailed',
  'SG-6005 deviceTwins',
  'SG-6006 deviceEnrollmentRefused',
  'SG-6020 sourceFailed',
  'SG-6021 sourceStale',
  'SG-6022 sourceAnswers',
  'SG-6023 sourceDevicesHeld',
  'SG-7001 nacEnumeration',
  'SG-7002 nacGuessing',
  'SG-7003 nacActionAsked',
  'SG-7004 nacActionRefused',
  'SG-7005 nacAccountChanged',
  'SG-7006 nacSilent',
  'SG-7007 nacBack',
]

test('numbers that were given are never given to something else', () => {
  const names = kinds.map(([name, { id }]) => `${id} ${name}`)

  expect(names).toEqual(expect.arrayContaining(given))
})

test('every event is raised somewhere, and nothing is raised that has no number', () => {
  const source = readdirSync(join(import.meta.dirname, '..'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('catalogue.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, '..', file), 'utf8'))
    .join('\n')

  expect(kinds.map(([name]) => name).filter((name) => !source.includes(`'${name}'`))).toEqual([])
})
