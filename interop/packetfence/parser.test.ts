/**
 * nac's answers, read by Perl's XML::Simple as PacketFence reads them.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NacInTest } from '../../apps/nac/src/testing/nac-in-test.ts'
import { deviceRecord, sampleDevice, sampleMac } from '../../apps/nac/src/testing/sample-records.ts'

/** Of one device it makes an object, of several a list, of an empty list of devices nothing that has a `device`. */
const judge = `
use strict; use warnings; use XML::Simple; use JSON::PP;
local $/; my $answer = XML::Simple->new->XMLin(<STDIN>);
my $list = ref $answer->{deviceList} eq 'HASH' ? $answer->{deviceList}{device} : undef;
my @devices = ref $list eq 'ARRAY' ? @$list : defined $list ? ($list) : ();
my $asked = lc $ARGV[0]; $asked =~ s/[^0-9a-f]//g;
my $let = 0;
for my $device (@devices) {
  my $mac = lc($device->{macaddress} // ''); $mac =~ s/[^0-9a-f]//g;
  my $status = $device->{attributes}{compliance}{status};
  $let = 1 if $mac eq $asked && defined $status && !ref $status && $status eq 'true';
}
print encode_json({ devices => scalar @devices, isLetIn => $let ? JSON::PP::true : JSON::PP::false });
`

const missing =
  missingProgram('perl', 'Debian package perl') ??
  (spawnSync('perl', ['-MXML::Simple', '-e', '1']).status === 0
    ? undefined
    : 'XML::Simple is not installed (Debian package libxml-simple-perl)')
if (missing !== undefined) console.log(`skipped: interop with PacketFence's parser, ${missing}`)

describe.skipIf(missing !== undefined)('the parser of PacketFence', () => {
  let nac: NacInTest
  beforeAll(async () => {
    const strange = {
      failureReason: 'No <PIN> & "no" \u00e9',
      remediation: "Set one: 'now' ]]>",
      model: '\u0001Ger\u00e4t',
    }
    nac = await NacInTest.start([
      deviceRecord(sampleDevice(1)),
      deviceRecord(sampleDevice(2, { compliant: false, ...strange })),
      deviceRecord(sampleDevice(3, { registered: false })),
      deviceRecord(sampleDevice(4, { macs: [sampleMac(1), sampleMac(4)], compliant: false, ...strange })),
      deviceRecord({ guid: sampleDevice(5).guid, group: 'acme', registered: true, macs: [sampleMac(5)] }),
    ])
  }, 60_000)
  afterAll(() => nac?.stop())

  async function judged(mac: string, path = `/appstore/ciscoise/devices/0/macaddress/${mac}/all`) {
    const { status, text } = await nac.ask(path)
    expect(status).toBe(200)
    const { stdout, stderr } = spawnSync('perl', ['-e', judge, mac], { input: text, encoding: 'utf8' })
    expect(stderr).toBe('')
    return JSON.parse(stdout) as { readonly devices: number; readonly isLetIn: boolean }
  }

  test.each([
    ['a device that is not compliant', '02:00:00:00:00:02', { devices: 1, isLetIn: false }],
    ['one whose words are full of markup', '02:00:00:00:00:04', { devices: 1, isLetIn: false }],
    ['an address of two devices, one of them compliant', '02:00:00:00:00:01', { devices: 2, isLetIn: true }],
    ['one that left', '02:00:00:00:00:03', { devices: 0, isLetIn: false }],
    ['one that was never judged', '02:00:00:00:00:05', { devices: 1, isLetIn: false }],
    ['one nobody knows', '02:00:00:00:00:99', { devices: 0, isLetIn: false }],
    ['what is no address', 'nonsense', { devices: 0, isLetIn: false }],
  ])('%s', async (_what, mac, expected) => {
    expect(await judged(mac)).toEqual(expected)
  })

  test.each([1, 2, 3])('version %s is read the same way', async (version) => {
    const path = `/ciscoise/mdmapi/v${version}/devices/?paging=0&querycriteria=macaddress&value=${sampleMac(1)}&filter=all`

    expect(await judged(sampleMac(1), path)).toEqual({ devices: 2, isLetIn: true })
  })
})
