/**
 * What can go wrong between Sallygate and its own memory.
 *
 * A store that cannot be opened is refused by name and left as it is: an empty
 * new database in its place would look like a fresh installation.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

/** Every damaged store is repaired the same way, so it is said in the same words. */
const restore =
  'Keep the file for examination, then bring back the newest backup with: sallygate store restore <backup file>'

export const storeFailure = defineFailures('STORE', {
  CORRUPT: {
    says: 'The database is damaged: its own integrity check does not pass. Nothing was changed.',
    fix: restore,
    retry: 'never',
  },
  TRUNCATED: {
    says: 'A part of the database is missing: its files are shorter than they say they are.',
    fix: restore,
    retry: 'never',
  },
  EMPTY_FILE: {
    says: 'The database file is there but has no content.',
    fix: `If this is a new installation, remove the empty file. Otherwise: ${restore}`,
    retry: 'never',
  },
  FOREIGN: {
    says: 'The file is not a Sallygate database; it belongs to another program or is of another kind.',
    fix: 'Check the path in the details. Sallygate does not write into files of other programs.',
    retry: 'never',
  },
  WRONG_KEY: {
    says: 'The master key does not open this database.',
    fix: 'Put back the key file that was made together with this database. It is not part of a backup.',
    retry: 'never',
  },
  TOO_NEW: {
    says: 'The database was last used by a newer version of Sallygate.',
    fix: 'Start that version or a later one, or restore a backup made before the update.',
    retry: 'never',
  },
  LOCKED: {
    says: 'Another console has this database open.',
    fix: 'Stop the other console and start this one again, or give it its own home directory or its own database.',
    retry: 'later',
  },
  MISSING: {
    says: 'The database is not there.',
    fix: 'Check the path in the details, or bring back a backup with: sallygate store restore <backup file>',
    retry: 'never',
  },
  DISK_FULL: {
    says: 'The disk that holds the database is full. Nothing new is stored; reading goes on.',
    fix: 'Make room on the file system in the details. Sallygate goes on by itself when there is space.',
    retry: 'later',
    status: 507,
  },
  CANNOT_WRITE: {
    says: 'The database cannot be written. Nothing new is stored; reading goes on.',
    fix: 'Check that the file system is mounted for writing, is healthy, and that the file belongs to this user.',
    retry: 'later',
    status: 507,
  },
  KEY_EXISTS: {
    says: 'There is a master key already, and a new one would make everything sealed under it unreadable.',
    fix: 'Use the key that is there. To replace it with a new one, run: sallygate store rotate-key',
    retry: 'never',
  },
  KEY_MALFORMED: {
    says: 'The master key file does not hold exactly 32 bytes.',
    fix: 'Put back the unchanged key file from where you keep its copy.',
    retry: 'never',
  },
  CANNOT_UNSEAL: {
    says: 'A stored secret does not open: it was changed, or it was moved here from another place.',
    fix: 'Enter the secret again. If you did not edit the database, look for who did.',
    retry: 'never',
  },
  NAME_TAKEN: {
    says: 'The name is in use. Names that differ only in case or in how accents are written are one name.',
    fix: 'Choose another name.',
    retry: 'never',
    status: 409,
  },
  NAME_INVALID: {
    says: 'The name is empty, too long, or holds characters that cannot be seen.',
    fix: 'Use 1 to 256 bytes of visible characters.',
    retry: 'never',
    status: 400,
  },
  DUPLICATE: {
    says: 'A record with this identity exists already.',
    fix: 'Use the record that is there, or make a new identity.',
    retry: 'never',
    status: 409,
  },
  NOT_FOUND: {
    says: 'There is no such record.',
    fix: 'Check the identity; the record may have been removed.',
    retry: 'never',
    status: 404,
  },
  FIRST_ADMIN_EXISTS: {
    says: 'The first administrator has been made already.',
    fix: 'Log in as an administrator and add further ones there.',
    retry: 'never',
    status: 409,
  },
  KEY_SHAPE: {
    says: 'The API key is not in the form that API keys have.',
    fix: 'Use sgk_ and 43 characters of base64url, made from 32 random bytes.',
    retry: 'never',
    status: 400,
  },
  PASSWORD_LENGTH: {
    says: 'The password is empty or longer than 1024 bytes.',
    fix: 'Choose a password of 1 to 1024 bytes.',
    retry: 'never',
    status: 400,
  },
  BUSY: {
    says: 'More is waiting than can be done soon.',
    fix: 'Try again in a few seconds. If this lasts, look for who sends so many requests.',
    retry: 'later',
    status: 503,
  },
  UNREACHABLE: {
    says: 'The PostgreSQL server does not answer. Whether a change that was under way was made is not known.',
    fix: 'Check that the server in the details runs and is reachable. Sallygate goes on by itself when it answers.',
    retry: 'later',
    status: 503,
  },
  LOGIN_REFUSED: {
    says: 'The PostgreSQL server refuses the user name, the password, or the address this console comes from.',
    fix: 'Check the user in the database URL, the password file, and the rows of pg_hba.conf on the server.',
    retry: 'never',
  },
  NOT_ALLOWED: {
    says: 'The database user may not do what the console has to do.',
    fix: 'Make the user the owner of a database of its own: create database sallygate owner sallygate.',
    retry: 'never',
  },
  NO_DATABASE: {
    says: 'The PostgreSQL server has no database of this name.',
    fix: "Make one: create database sallygate owner sallygate encoding 'UTF8' template template0",
    retry: 'never',
  },
  NOT_UTF8: {
    says: 'The database does not keep its text as UTF-8.',
    fix: "Make another one: create database sallygate owner sallygate encoding 'UTF8' template template0",
    retry: 'never',
  },
  TLS_REFUSED: {
    says: 'The PostgreSQL server offers no encryption, or a certificate that is not trusted for its name.',
    fix: 'Set ssl = on there with a certificate for the host in the database URL, and name its authority in databaseCaFile.',
    retry: 'never',
  },
  TLS_NEEDED: {
    says: 'The PostgreSQL server is on another machine, and the connection would not be encrypted.',
    fix: 'Open the store with TLS. Without it only a server on this machine is used.',
    retry: 'never',
  },
  URL_MALFORMED: {
    says: 'The database URL is not of the form postgres://user@host:5432/database.',
    fix: 'Write it in this form, with no password and nothing after the name; the password comes from databasePasswordFile.',
    retry: 'never',
  },
  SERVER_READ_ONLY: {
    says: 'The PostgreSQL server takes no changes: it is a standby, or it was set to read only.',
    fix: 'Name the primary server in the database URL.',
    retry: 'later',
    status: 507,
  },
  TEXT_UNUSABLE: {
    says: 'A text holds the character NUL, which PostgreSQL cannot store.',
    fix: 'Remove the character.',
    retry: 'never',
    status: 400,
  },
  BACKUP_ELSEWHERE: {
    says: 'The database is on a PostgreSQL server; Sallygate does not make backups of it.',
    fix: 'Use pg_dump and pg_restore, as docs/operations.md says, and keep a copy of the master key file elsewhere.',
    retry: 'never',
    status: 409,
  },
  FILE_EXISTS: {
    says: 'There is a file at the place a backup should be written to.',
    fix: 'Choose a new file name; backups are never overwritten.',
    retry: 'never',
    status: 409,
  },
})
