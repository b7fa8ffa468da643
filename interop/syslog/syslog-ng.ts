/**
 * syslog-ng: its syslog() source for RFC 5424 with octet counting, network() for lines and datagrams, TLS with client certificates.
 *
 * CEF and LEEF are taken apart by csv-parser and kv-parser, the template by a regular expression.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { senderName } from './certificates.ts'
import { airWatchKeys, writeConfiguration, type CollectorKind, type Recorded } from './collector.ts'
import { syslogNgFiles } from './syslog-ng-files.ts'

const files = syslogNgFiles()
const environment = files === undefined ? {} : { LD_LIBRARY_PATH: files.libraries }

const line = `${airWatchKeys.map((key, at) => `${key}: (?<f${at}>.*${at === airWatchKeys.length - 1 ? '' : '?'})`).join(' ')}$`
const headerOf = (prefix: string, columns: readonly string[], flags: string) =>
  `csv-parser(columns(${columns.map((column) => `"${prefix}${column}"`).join(', ')}) delimiters("|") ${flags} template("\${.text}"))`

export const syslogNg: CollectorKind = {
  name: 'syslog-ng',
  missing: files === undefined ? 'syslog-ng-core can be neither found nor fetched' : undefined,
  version: () =>
    /\((\S+)\)/.exec(
      spawnSync(files?.program ?? '', ['--module-path', files?.modules ?? '', '-V'], {
        encoding: 'utf8',
        env: { ...process.env, ...environment },
      }).stdout,
    )?.[1] ?? '',
  prepare(home, { udp, tcp, lines, tls }) {
    const file = writeConfiguration(
      home,
      `@version: 3.38
options { keep-hostname(yes); use-dns(no); dns-cache(no); log-msg-size(65536); stats-freq(0); };
source s {
  network(ip("127.0.0.1") port(${udp}) transport("udp") flags(syslog-protocol) so-rcvbuf(4194304));
  syslog(ip("127.0.0.1") port(${tcp}) transport("tcp"));
  network(ip("127.0.0.1") port(${lines}) transport("tcp") flags(syslog-protocol));
  syslog(ip("127.0.0.1") port(${tls}) transport("tls") tls(key-file("${home}/collector.key") cert-file("${home}/collector.pem")
    ca-file("${home}/ca.pem") peer-verify(required-trusted) trusted-dn("*${senderName}*")));
};
# Behind the older header the program ends at the first colon, which is in "CEF:0" and "LEEF:2.0".
rewrite text {
  set("\${MSG}", value(".text"));
  set("CEF:\${MSG}", value(".text") condition(program("^CEF$")));
  set("LEEF:\${MSG}", value(".text") condition(program("^LEEF$")));
};
parser cef { channel {
  parser { ${headerOf('cef.', ['version', 'DeviceVendor', 'DeviceProduct', 'DeviceVersion', 'SignatureID', 'Name', 'Severity', 'ext'], 'flags(greedy) dialect(escape-backslash)')}; };
  parser { kv-parser(prefix("cefx.") template("\${cef.ext}")); };
}; };
parser leef { channel {
  parser { ${headerOf('leef.', ['version', 'vendor', 'product', 'productVersion', 'eventId', 'sign', 'ext'], 'flags(greedy)')}; };
  if { filter { "\${leef.sign}" eq "^" }; parser { kv-parser(prefix("leefx.") pair-separator("^") template("\${leef.ext}")); }; }
  else { parser { kv-parser(prefix("leefx.") pair-separator("~") template("\${leef.ext}")); }; };
}; };
parser airwatch { regexp-parser(prefix("aw.") patterns(${JSON.stringify(`AirWatch Syslog Details are as follows ${line}`)}) template("\${.text}")); };
destination d { file("${home}/out.json" template("$(format-json pri=\${PRI} host=\${HOST} app=\${PROGRAM} msgid=\${MSGID} time=\${S_ISODATE} msg=\${MSG} --key .SDATA.* --key cef.* --key cefx.* --key leefx.* --key aw.*)\\n")); };
log { source(s); rewrite(text);
  if { filter { match("^CEF:0\\\\|" value(".text")) }; parser(cef); }
  elif { filter { match("^LEEF:2\\\\.0\\\\|" value(".text")) }; parser(leef); }
  elif { filter { match("^AirWatch Syslog " value(".text")) }; parser(airwatch); };
  destination(d); };
`,
    )
    const { program = 'syslog-ng', modules = '' } = files ?? {}
    const args = [
      '-F',
      '-f',
      file,
      '--module-path',
      modules,
      '-R',
      `${home}/persist`,
      '-c',
      `${home}/ctl`,
      '-p',
      `${home}/pid`,
    ]
    return { program, args: [...args, '--no-caps', '-e'], env: environment }
  },
  read(said) {
    const { _SDATA = {}, cef = {}, cefx = {}, leefx = {}, aw = {} } = said as Parsed
    const { ext: _ext, version: _version, ...header } = cef
    return {
      ...(said as unknown as Recorded),
      sd: _SDATA,
      cef: { ...header, ...flat(cefx) },
      leef: flat(leefx),
      airWatch: Object.fromEntries(airWatchKeys.map((key, at) => [key, aw[`f${at}`] ?? ''])),
    }
  },
}

interface Parsed {
  readonly _SDATA?: Recorded['sd']
  readonly cef?: Readonly<Record<string, string>>
  readonly cefx?: Readonly<Record<string, unknown>>
  readonly leefx?: Readonly<Record<string, unknown>>
  readonly aw?: Readonly<Record<string, string>>
}

/** A dot in a name is a level in its JSON. */
function flat(values: Readonly<Record<string, unknown>>, before = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === 'object' && value !== null
        ? Object.entries(flat(value as Readonly<Record<string, unknown>>, `${before}${name}.`))
        : [[`${before}${name}`, String(value)] as const],
    ),
  )
}
