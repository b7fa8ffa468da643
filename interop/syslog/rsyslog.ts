/**
 * rsyslog: imudp, imptcp (which tells the framings apart by itself), imtcp with GnuTLS and client certificates.
 *
 * Structured data is taken apart by mmpstrucdata, CEF by liblognorm's parser for it, LEEF and the
 * template by splitting at the signs their formats name.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { findProgram, missingProgram } from '@sallygate/testkit/peers'
import { senderName } from './certificates.ts'
import { airWatchKeys, writeConfiguration, type CollectorKind, type Recorded } from './collector.ts'

/** Rules of liblognorm. The last value of the template's line ends with the line. */
const rules = [
  'rule=:%cef:cef%',
  ...['^', '~'].map(
    (sign) =>
      `rule=:LEEF:2.0|%vendor:char-to:|%|%product:char-to:|%|%version:char-to:|%|%eventId:char-to:|%|${sign}|%{"name":"leef", "type":"repeat", "parser":[{"name":"k", "type":"char-to", "extradata":"="}, {"type":"literal", "text":"="}, {"name":"v", "type":"char-sep", "extradata":"${sign}"}], "while":[{"type":"literal", "text":"${sign}"}]}%`,
  ),
  `rule=:AirWatch Syslog Details are as follows ${airWatchKeys
    .map((key, at) => {
      const next = airWatchKeys[at + 1]
      return next === undefined
        ? `${key}: %f${at}:rest%`
        : `${key}: %{"name":"f${at}", "type":"string-to", "extradata":" ${next}: "}% `
    })
    .join('')}`,
]

export const rsyslog: CollectorKind = {
  name: 'rsyslog',
  missing: missingProgram('rsyslogd', 'rsyslog, rsyslog-gnutls'),
  version: () => /rsyslogd\s+(\S+)/.exec(spawnSync('rsyslogd', ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? '',
  prepare(home, { udp, tcp, lines, tls }) {
    const file = writeConfiguration(
      home,
      `global(workDirectory="${home}" maxMessageSize="64k" defaultNetstreamDriver="gtls"
  defaultNetstreamDriverCAFile="${home}/ca.pem" defaultNetstreamDriverCertFile="${home}/collector.pem" defaultNetstreamDriverKeyFile="${home}/collector.key")
template(name="j" type="list" option.jsonf="on") {
  property(outname="pri" name="pri" format="jsonf")
  property(outname="host" name="hostname" format="jsonf")
  property(outname="app" name="app-name" format="jsonf")
  property(outname="msgid" name="msgid" format="jsonf")
  property(outname="time" name="timereported" dateFormat="rfc3339" format="jsonf")
  property(outname="msg" name="msg" format="jsonf")
  property(outname="tag" name="syslogtag" format="jsonf")
  property(outname="parsed" name="$!" format="jsonf")
}
module(load="imudp") module(load="imptcp") module(load="mmpstrucdata") module(load="mmnormalize")
module(load="imtcp" streamDriver.name="gtls" streamDriver.mode="1" streamDriver.authMode="x509/name" permittedPeer=["${senderName}"])
ruleset(name="all") {
  action(type="mmpstrucdata" sd_name.lowercase="off")
  # Behind the older header the tag ends at the first colon, which is in "CEF:0" and "LEEF:2.0".
  set $.text = ltrim($msg);
  if ($protocol-version != "1" and ($syslogtag == "CEF:" or $syslogtag == "LEEF:")) then { set $.text = $syslogtag & $msg; }
  if ($.text startswith "CEF:0|" or $.text startswith "LEEF:2.0|" or $.text startswith "AirWatch Syslog ") then {
    action(type="mmnormalize" variable="$.text" path="$!norm" rule=[${rules.map((rule) => JSON.stringify(rule)).join(', ')}])
  }
  action(type="omfile" file="${home}/out.json" template="j" asyncWriting="off" flushOnTXEnd="on")
}
input(type="imudp" address="127.0.0.1" port="${udp}" ruleset="all" rcvbufSize="4m")
input(type="imptcp" address="127.0.0.1" port="${tcp}" ruleset="all" supportOctetCountedFraming="on")
input(type="imptcp" address="127.0.0.1" port="${lines}" ruleset="all")
input(type="imtcp" address="127.0.0.1" port="${tls}" ruleset="all" supportOctetCountedFraming="on")
`,
    )
    return { program: findProgram('rsyslogd') ?? 'rsyslogd', args: ['-n', '-f', file, '-i', `${home}/pid`] }
  },
  read(line) {
    const said = line as unknown as Recorded & { readonly parsed: string }
    const { 'rfc5424-sd': sd = {}, norm = {} } = (said.parsed === '' ? {} : JSON.parse(said.parsed)) as Parsed
    const { cef, leef = [], ...others } = norm
    const { Extensions = {}, ...header } = cef ?? {}
    return {
      ...said,
      sd,
      cef: { ...(header as Readonly<Record<string, string>>), ...Extensions },
      leef: Object.fromEntries(leef.map(({ k = '', v = '' }) => [k, v])),
      airWatch: Object.fromEntries(
        airWatchKeys.map((key, at) => [key, (others as Readonly<Record<string, string>>)[`f${at}`] ?? '']),
      ),
    }
  },
}

interface Parsed {
  readonly 'rfc5424-sd'?: Recorded['sd']
  readonly norm?: {
    readonly cef?: { readonly Extensions?: Readonly<Record<string, string>> }
    readonly leef?: readonly Readonly<Record<string, string>>[]
  }
}
