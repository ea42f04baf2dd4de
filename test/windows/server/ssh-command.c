// One command of an ssh connection, run as Windows OpenSSH runs it without a terminal: `"cmd.exe" /c "COMMAND"`, the text unescaped
// between added quotes, in the folder of the user, with Windows pipes for input and output. SSH_ORIGINAL_COMMAND is the command.
// The bytes go between these pipes and those of the connection, to which node.exe could not write in wine.
#ifndef UNICODE
#define UNICODE
#define _UNICODE
#endif
#include <windows.h>
#include <stdio.h>

int _dowildcard = 0;

typedef struct {
  HANDLE from, to;
} Way;

/** Carries bytes until one side ends, and says so to the other. */
static DWORD WINAPI carry(void *given) {
  Way *way = given;
  char *bytes = HeapAlloc(GetProcessHeap(), 0, 65536);
  DWORD got, written;
  while (ReadFile(way->from, bytes, 65536, &got, 0) && got > 0)
    if (!WriteFile(way->to, bytes, got, &written, 0)) break;
  CloseHandle(way->to);
  return 0;
}

/** A pipe of which only the given end (0 to read, 1 to write) is for the program that is started. */
static void makePipe(HANDLE ends[2], int theirs) {
  SECURITY_ATTRIBUTES inherited = {sizeof inherited, 0, TRUE};
  CreatePipe(&ends[0], &ends[1], &inherited, 65536);
  SetHandleInformation(ends[1 - theirs], HANDLE_FLAG_INHERIT, 0);
}

int wmain(void) {
  static wchar_t command[32768], line[33000], folder[MAX_PATH];
  DWORD length = GetEnvironmentVariableW(L"SSH_ORIGINAL_COMMAND", command, 32768);
  const wchar_t *shell = L"\"C:\\windows\\system32\\cmd.exe\"";
  _snwprintf(line, 33000, length ? L"%ls /c \"%ls\"" : L"%ls", shell, command);
  SetEnvironmentVariableW(L"SSH_ORIGINAL_COMMAND", 0);
  GetEnvironmentVariableW(L"USERPROFILE", folder, MAX_PATH);
  HANDLE in[2], out[2], err[2];
  makePipe(in, 0);
  makePipe(out, 1);
  makePipe(err, 1);
  STARTUPINFOW start = {sizeof start};
  start.dwFlags = STARTF_USESTDHANDLES;
  start.hStdInput = in[0];
  start.hStdOutput = out[1];
  start.hStdError = err[1];
  PROCESS_INFORMATION process;
  if (!CreateProcessW(0, line, 0, 0, TRUE, CREATE_NO_WINDOW, 0, folder, &start, &process)) return 255;
  CloseHandle(in[0]);
  CloseHandle(out[1]);
  CloseHandle(err[1]);
  Way ways[3] = {{GetStdHandle(STD_INPUT_HANDLE), in[1]},
                 {out[0], GetStdHandle(STD_OUTPUT_HANDLE)},
                 {err[0], GetStdHandle(STD_ERROR_HANDLE)}};
  CreateThread(0, 0, carry, &ways[0], 0, 0); // ends with this program: nobody may close the input
  HANDLE output[2] = {CreateThread(0, 0, carry, &ways[1], 0, 0), CreateThread(0, 0, carry, &ways[2], 0, 0)};
  WaitForSingleObject(process.hProcess, INFINITE);
  WaitForMultipleObjects(2, output, TRUE, INFINITE);
  DWORD code;
  GetExitCodeProcess(process.hProcess, &code);
  ExitProcess(code);
}
