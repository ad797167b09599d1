#include "store/sqlite/gathering_vfs.h"

#include <sqlite3.h>

#include <cstddef>
#include <new>
#include <string>
#include <utility>

namespace accessd::store {
namespace {

constexpr auto kName = "accessd-gathering";
/// SQLite's own VFS writes no more than 128 KiB - 1 at once (`nBuf &= 0x1ffff` in its seekAndWriteFd()).
constexpr std::size_t kGatheredMax = std::size_t{120} * 1024;
/// Enough for what the VFS beneath keeps of a file; its own is some hundred bytes.
constexpr int kBeneathBytesMax = 1024;

/// An open file: ours in front, the memory of the one beneath behind it, as SQLite allocates both in one.
struct File {
    sqlite3_file base;
    sqlite3_file* beneath;
    std::string*
        gathered;         ///< Of the log: written by SQLite, not yet passed on. Null: not the log.
    sqlite3_int64 start;  ///< Where in the file `gathered` begins.
};

File& of(sqlite3_file* file) { return *reinterpret_cast<File*>(file); }
sqlite3_file* beneath(sqlite3_file* file) { return of(file).beneath; }
const sqlite3_io_methods& calls(sqlite3_file* file) { return *beneath(file)->pMethods; }

int pass_on(sqlite3_file* file)
{
    auto& self = of(file);
    if (self.gathered == nullptr || self.gathered->empty()) return SQLITE_OK;
    const int code = calls(file).xWrite(beneath(file), self.gathered->data(),
                                        static_cast<int>(self.gathered->size()), self.start);
    // A write that failed isn't tried again: SQLite is told, and undoes the transaction.
    self.gathered->clear();
    return code;
}

int close(sqlite3_file* file)
{
    pass_on(file);  // Never synced, so nobody was promised it.
    delete std::exchange(of(file).gathered, nullptr);
    return calls(file).xClose(beneath(file));
}

int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset)
{
    if (const int code = pass_on(file); code != SQLITE_OK) return code;
    return calls(file).xRead(beneath(file), into, count, offset);
}

int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset)
{
    auto& self = of(file);
    if (self.gathered == nullptr) return calls(file).xWrite(beneath(file), bytes, count, offset);
    const auto size = self.gathered->size();
    const bool follows = offset == self.start + static_cast<sqlite3_int64>(size);
    const auto added = static_cast<std::size_t>(count);
    if (!follows || size + added > kGatheredMax) {
        if (const int code = pass_on(file); code != SQLITE_OK) return code;
    }
    if (added > kGatheredMax) return calls(file).xWrite(beneath(file), bytes, count, offset);
    if (self.gathered->empty()) self.start = offset;
    try {
        self.gathered->append(static_cast<const char*>(bytes), added);
    } catch (const std::bad_alloc&) {
        return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
}

int truncate(sqlite3_file* file, sqlite3_int64 size)
{
    if (const int code = pass_on(file); code != SQLITE_OK) return code;
    return calls(file).xTruncate(beneath(file), size);
}

int sync(sqlite3_file* file, int flags)
{
    if (const int code = pass_on(file); code != SQLITE_OK) return code;
    return calls(file).xSync(beneath(file), flags);
}

int file_size(sqlite3_file* file, sqlite3_int64* size)
{
    if (const int code = pass_on(file); code != SQLITE_OK) return code;
    return calls(file).xFileSize(beneath(file), size);
}

int lock(sqlite3_file* file, int level) { return calls(file).xLock(beneath(file), level); }
int unlock(sqlite3_file* file, int level) { return calls(file).xUnlock(beneath(file), level); }
int check_reserved(sqlite3_file* file, int* is_reserved)
{
    return calls(file).xCheckReservedLock(beneath(file), is_reserved);
}
int control(sqlite3_file* file, int operation, void* argument)
{
    return calls(file).xFileControl(beneath(file), operation, argument);
}
int sector_size(sqlite3_file* file) { return calls(file).xSectorSize(beneath(file)); }
int characteristics(sqlite3_file* file)
{
    return calls(file).xDeviceCharacteristics(beneath(file));
}
int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory)
{
    return calls(file).xShmMap(beneath(file), page, size, extend, memory);
}
int shm_lock(sqlite3_file* file, int offset, int count, int flags)
{
    return calls(file).xShmLock(beneath(file), offset, count, flags);
}
void shm_barrier(sqlite3_file* file) { calls(file).xShmBarrier(beneath(file)); }
int shm_unmap(sqlite3_file* file, int removes)
{
    return calls(file).xShmUnmap(beneath(file), removes);
}

// Version 2: without memory mapping, which isn't used.
const sqlite3_io_methods kMethods{2,
                                  close,
                                  read,
                                  write,
                                  truncate,
                                  sync,
                                  file_size,
                                  lock,
                                  unlock,
                                  check_reserved,
                                  control,
                                  sector_size,
                                  characteristics,
                                  shm_map,
                                  shm_lock,
                                  shm_barrier,
                                  shm_unmap,
                                  nullptr,
                                  nullptr};

sqlite3_vfs* default_vfs() { return sqlite3_vfs_find(nullptr); }

int open(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags)
{
    auto* self = new (file) File{};
    self->base.pMethods = nullptr;  // Until it is open, there is nothing to close.
    self->beneath = reinterpret_cast<sqlite3_file*>(self + 1);
    self->beneath->pMethods = nullptr;
    auto* vfs = default_vfs();
    if (vfs->szOsFile > kBeneathBytesMax) return SQLITE_CANTOPEN;
    const int code = vfs->xOpen(vfs, name, self->beneath, flags, out_flags);
    if (code != SQLITE_OK) {
        if (self->beneath->pMethods != nullptr) calls(file).xClose(self->beneath);
        return code;
    }
    if ((flags & SQLITE_OPEN_WAL) != 0) {
        self->gathered = new (std::nothrow) std::string;
        if (self->gathered == nullptr) {
            calls(file).xClose(self->beneath);
            return SQLITE_NOMEM;
        }
    }
    self->base.pMethods = &kMethods;
    return SQLITE_OK;
}

int remove(sqlite3_vfs*, const char* name, int sync_folder)
{
    return default_vfs()->xDelete(default_vfs(), name, sync_folder);
}
int access(sqlite3_vfs*, const char* name, int flags, int* result)
{
    return default_vfs()->xAccess(default_vfs(), name, flags, result);
}
int full_path(sqlite3_vfs*, const char* name, int size, char* out)
{
    return default_vfs()->xFullPathname(default_vfs(), name, size, out);
}

/// The rest (time, randomness, sleep) is the default's own.
sqlite3_vfs make_vfs()
{
    sqlite3_vfs vfs = *default_vfs();
    vfs.pNext = nullptr;
    vfs.zName = kName;
    vfs.szOsFile = static_cast<int>(sizeof(File)) + kBeneathBytesMax;
    vfs.xOpen = open;
    vfs.xDelete = remove;
    vfs.xAccess = access;
    vfs.xFullPathname = full_path;
    return vfs;
}

}  // namespace

const char* gathering_vfs()
{
    static sqlite3_vfs vfs = make_vfs();
    static const int registered = sqlite3_vfs_register(&vfs, 0);
    return registered == SQLITE_OK ? kName : nullptr;  // Null: SQLite takes its default.
}

}  // namespace accessd::store
