/**
 * Where the path verifier differs from x509-limbo's verdict, and why that is right here.
 *
 * The cases ask what a web browser should do. Our paths have our own profiles,
 * so being stricter is free; being more lenient needs a reason that names who
 * checks instead.
 *
 * @module
 */

/** Must fail there, found a path here. `serverName`: the TLS layer refuses the name, which the test shows. */
export const accepted: Readonly<Record<string, string>> = {
  'crl::revoked-certificate-with-crl': 'Revocation of our certificates is the trust set; CRLs are not read.',
  'crl::crlnumber-missing': 'CRLs are not read.',
  'crl::crlnumber-critical': 'CRLs are not read.',
  'crl::issuer-missing-crlsign': 'CRLs are not read.',
  'webpki::eku::root-has-eku': 'A root that lists purposes narrows itself; the purpose is enforced.',
  'webpki::cn::ipv4-hex-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::ipv4-leading-zeros-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::ipv6-uppercase-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::ipv6-uncompressed-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::ipv6-non-rfc5952-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::punycode-not-in-san': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::utf8-vs-punycode-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::not-in-san': 'The common name is never read, so it cannot mislead.',
  'webpki::cn::case-mismatch': 'The common name is never read, so it cannot mislead.',
  'webpki::san::mismatch-domain-san': 'serverName',
  'webpki::san::mismatch-subdomain-san': 'serverName',
  'webpki::san::mismatch-subdomain-apex-san': 'serverName',
  'webpki::san::mismatch-apex-subdomain-san': 'serverName',
  'webpki::san::wildcard-match-across-labels-san': 'serverName',
  'webpki::san::public-suffix-multi-label-wildcard-san':
    'Only our own root issues TLS certificates here; it has no public suffixes.',
  'webpki::san::public-suffix-private-namespace-wildcard-san':
    'Only our own root issues TLS certificates here; it has no public suffixes.',
}

/** Must pass there, refused here. */
export const refused: Readonly<Record<string, string>> = {
  'crl::issuer-no-keyusage-extension': 'Our authorities state their key usage.',
  'cve::cve-2024-0567': 'The anchor is neither self-issued nor has an authority key identifier; ours are self-issued.',
  'pathlen::validation-ignores-pathlen-in-leaf': 'The leaf is an authority; ours never are.',
  'pathlen::max-chain-depth-1-self-issued': 'Our bound counts every authority, self-issued ones too.',
  'rfc5280::eku::ee-without-eku': 'A certificate without a purpose has none here.',
  'rfc5280::nc::permitted-dn-match': 'Constraints on directory names are not understood, so they refuse.',
  'rfc5280::nc::nc-permits-email-exact': 'Constraints on e-mail addresses are not understood, so they refuse.',
  'rfc5280::nc::nc-permits-email-domain': 'Constraints on e-mail addresses are not understood, so they refuse.',
  'rfc5280::nc::nc-permits-email-literal-asterisk-exact-match': 'Constraints on e-mail addresses are not understood.',
  'rfc5280::nc::nc-permits-email-literal-double-asterisk': 'Constraints on e-mail addresses are not understood.',
  'rfc5280::nc::nc-permits-email-literal-mid-asterisk': 'Constraints on e-mail addresses are not understood.',
  'rfc5280::nc::nc-forbids-othername-noop': 'Constraints on other names are not understood, so they refuse.',
  'rfc5280::no-keyusage': 'Our certificates state their key usage.',
  'rfc5280::ca-as-leaf': 'An authority is no leaf here.',
  'webpki::nc::permitted-dns-match-noncritical':
    'A name constraint that may be ignored is no constraint (RFC 5280 4.2.1.10).',
  'online::fastly.com': 'The root has the serial number 0, which RFC 5280 4.1.2.2 forbids.',
}
