/**
 * The choices where no public source says what IIS does. All in one place, so that a measurement on a real server changes one
 * line. Each is the safest choice for the user.
 * Not switches, but also unconfirmed: text between the elements of a section is ignored, with a note; two `<system.webServer>` elements in
 * one file are read as one; a `<section>` with an unknown attribute or value is refused; a section
 * below its application, or in a location that its declaration forbids, gets the text of a locked one; a time may omit its
 * seconds; `inheritInChildApplications="false"` applies to every section; a leading slash in a location's
 * path never matches.
 */
export const unconfirmed = {
  /** Enum and flag names: Microsoft.Web.Administration's clone is case-sensitive; existing configurations do not rely on it. */
  enumNamesIgnoreCase: true,
  /** `1` and `0` for a bool: no. */
  boolAcceptsNumbers: false,
  /** `0x10` for a uint: yes. */
  uintAcceptsHex: true,
  /** The message after "The 'x' attribute is invalid." for an invalid bool. */
  boolMessage: 'Not a valid boolean',
  intMessage: 'Not a valid integer',
  timeSpanMessage: 'Not a valid timespan',
  trimmedMessage: 'String must not have leading or trailing white space',
  /** Text of an AppHostOnly section in a web.config; its HRESULT is 0x80070021, that of a duplicate section 0x800700b7. */
  appHostOnlyMessage: 'Configuration section can only be set in ApplicationHost.config',
  bothModesMessage: "The attributes 'overrideMode' and 'allowOverride' cannot both be given",
  /** Text for a lockElements list with an unknown name; the one for attributes is known. */
  unknownElementMessage: (list: string, name: string) => `${list} contains unknown element '${name}'`,
  /** Of a web.config that is too large; the text is known, and that the page is 500.19. 0x80070032 is ERROR_NOT_SUPPORTED. */
  tooLargeHresult: 0x80070032,
  /** Longest name of an application pool. */
  poolNameLength: 64,
  /**
   * Sections are merged level by level along the URL path: at each level the locations of the files above that name exactly this
   * level, those of the server first, and then the level's own file. System.Configuration does it this way; false: file by file.
   */
  levelsGoBeforeFiles: true,
  /** lockAttributes, lockElements and lockItem also apply to a deeper `<location>` of the same file. */
  finerLocksBindDeeperLocationsOfTheFile: true,
  /**
   * A virtual directory whose folder is missing is 500.19 for the URLs in it; applications and virtual directories below its URL
   * still work. That IIS continues after the missing folder is not documented.
   */
  goneFolderStaysInItsDirectory: true,
  /** `<remove>` may have other attributes of the entry in addition to its key; they are ignored. */
  removeMayCarryMore: true,
  /**
   * Sections whose modules read them for the server and not for a path, so an error in a web.config is not reported.
   * Sites with a second `<scheme name="gzip">` in httpCompression are in operation.
   */
  readForTheServerOnly: ['system.webServer/httpCompression'] as readonly string[],
  /**
   * Groups of .NET's machine.config that a web.config may declare again: .NET 2.0 does not declare them (ASP.NET AJAX 3.5
   * web.configs do it themselves), .NET 4 does, and a pool without managed code has neither.
   */
  mayBeDeclaredAgain: ['system.web.extensions', 'system.xaml.hosting'] as readonly string[],
} as const;
