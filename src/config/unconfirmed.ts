/**
 * The choices where no public source says what IIS does. One place, so that a measurement on a real server
 * changes one line. Each is what is safest for the person who reads the answer.
 * Not switches, but unconfirmed too: text between the elements of a section is ignored, which a note says; two `<system.webServer>` elements in
 * one file are read as one; a `<section>` with an attribute or a value nobody knows is refused; a section
 * below its application, or in a location that its declaration forbids, gets the text of a locked one; a time may leave out its
 * seconds; `inheritInChildApplications="false"` holds for every section; a leading slash in a location's
 * path never matches.
 */
export const unconfirmed = {
  /** Enum and flag names: Microsoft.Web.Administration's clone compares with case; configs in the wild do not keep it. */
  enumNamesIgnoreCase: true,
  /** `1` and `0` for a bool: no. */
  boolAcceptsNumbers: false,
  /** `0x10` for a uint: yes. */
  uintAcceptsHex: true,
  /** The message behind "The 'x' attribute is invalid." for a bool that is none. */
  boolMessage: 'Not a valid boolean',
  intMessage: 'Not a valid integer',
  timeSpanMessage: 'Not a valid timespan',
  trimmedMessage: 'String must not have leading or trailing white space',
  /** Text of an AppHostOnly section in a web.config; its HRESULT is 0x80070021, that of a duplicate section 0x800700b7. */
  appHostOnlyMessage: 'Configuration section can only be set in ApplicationHost.config',
  bothModesMessage: "The attributes 'overrideMode' and 'allowOverride' cannot both be given",
  /** Text of a lockElements list with a name nobody knows; the one for attributes is known. */
  unknownElementMessage: (list: string, name: string) => `${list} contains unknown element '${name}'`,
  /** Of a web.config that is too large; the text is known, and that the page is 500.19. 0x80070032 is ERROR_NOT_SUPPORTED. */
  tooLargeHresult: 0x80070032,
  /** Longest name of an application pool. */
  poolNameLength: 64,
  /**
   * Sections are merged level by level along the URL path: at each level the locations of the files above that name exactly this
   * level, those of the server first, and then the level's own file. System.Configuration does it so; false: file by file.
   */
  levelsGoBeforeFiles: true,
  /** lockAttributes, lockElements and lockItem bind a deeper `<location>` of the same file, too. */
  finerLocksBindDeeperLocationsOfTheFile: true,
  /**
   * A virtual directory whose folder is gone is 500.19 for the URLs in it; those of applications and virtual directories below
   * its URL go on. That IIS reads on past the folder that is gone is what nobody states.
   */
  goneFolderStaysInItsDirectory: true,
  /** `<remove>` may carry other attributes of the entry beside its key; they are not looked at. */
  removeMayCarryMore: true,
  /**
   * Sections whose modules read them for the server and not for a path, so that an error in a web.config stays silent.
   * Sites with a second `<scheme name="gzip">` in httpCompression are in operation.
   */
  readForTheServerOnly: ['system.webServer/httpCompression'] as readonly string[],
  /**
   * Groups of .NET's machine.config that a web.config may declare again: .NET 2.0 does not declare them (ASP.NET AJAX 3.5
   * web.configs do it themselves), .NET 4 does, and a pool without managed code has neither.
   */
  mayBeDeclaredAgain: ['system.web.extensions', 'system.xaml.hosting'] as readonly string[],
} as const;
