#include "support/power_loss.h"

#include "support/temp_folder.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <new>
#include <random>

namespace accessd::test {

/// An open file: ours in front, the real one's memory behind it, as SQLite allocates both in one.
struct PowerLossFile {
    sqlite3_file base;
    PowerLoss* owner;
    const char* name;  ///< Lives as long as the file is open (https://sqlite.org/c3ref/vfs.html).
    sqlite3_file* real;
};

/// The functions that SQLite calls.
struct PowerLossCalls {
    static PowerLossFile& of(sqlite3_file* file) { return *reinterpret_cast<PowerLossFile*>(file); }
    static PowerLoss& of(sqlite3_vfs* vfs) { return *static_cast<PowerLoss*>(vfs->pAppData); }
    static sqlite3_file* real(sqlite3_file* file) { return of(file).real; }

    static int close(sqlite3_file* file)
    {
        auto* behind = real(file);
        return behind->pMethods == nullptr ? SQLITE_OK : behind->pMethods->xClose(behind);
    }
    static int read(sqlite3_file* file, void* into, int count, sqlite3_int64 offset)
    {
        return real(file)->pMethods->xRead(real(file), into, count, offset);
    }
    static int write(sqlite3_file* file, const void* bytes, int count, sqlite3_int64 offset)
    {
        auto& self = of(file);
        if (self.owner->is_cut_) return SQLITE_IOERR_WRITE;
        note_pages(self, static_cast<const char*>(bytes), count, offset);
        return self.real->pMethods->xWrite(self.real, bytes, count, offset);
    }
    /// A disk may keep a part of one large write.
    static void note_pages(PowerLossFile& self, const char* bytes, sqlite3_int64 count,
                           sqlite3_int64 offset)
    {
        constexpr sqlite3_int64 kPage = 4096;
        for (sqlite3_int64 done = 0; done < count;) {
            const auto size = std::min(count - done, kPage - (offset + done) % kPage);
            self.owner->note(
                self.name,
                {offset + done, std::string(bytes + done, static_cast<std::size_t>(size))});
            done += size;
        }
    }
    static int truncate(sqlite3_file* file, sqlite3_int64 size)
    {
        auto& self = of(file);
        if (self.owner->is_cut_) return SQLITE_IOERR_TRUNCATE;
        self.owner->note(self.name, {size, {}});
        return self.real->pMethods->xTruncate(self.real, size);
    }
    static int sync(sqlite3_file* file, int flags)
    {
        auto& self = of(file);
        if (self.owner->is_cut_) return SQLITE_IOERR_FSYNC;
        const int code = self.real->pMethods->xSync(self.real, flags);
        // Power may have gone while the disk was at it: then nobody was told that it was done.
        if (self.owner->is_cut_) return SQLITE_IOERR_FSYNC;
        if (code == SQLITE_OK && !self.owner->ignores_syncs_) self.owner->note_sync(self.name);
        return code;
    }
    static int file_size(sqlite3_file* file, sqlite3_int64* size)
    {
        return real(file)->pMethods->xFileSize(real(file), size);
    }
    static int lock(sqlite3_file* file, int level)
    {
        return real(file)->pMethods->xLock(real(file), level);
    }
    static int unlock(sqlite3_file* file, int level)
    {
        return real(file)->pMethods->xUnlock(real(file), level);
    }
    static int check_reserved(sqlite3_file* file, int* is_reserved)
    {
        return real(file)->pMethods->xCheckReservedLock(real(file), is_reserved);
    }
    static int control(sqlite3_file* file, int operation, void* argument)
    {
        return real(file)->pMethods->xFileControl(real(file), operation, argument);
    }
    static int sector_size(sqlite3_file* file)
    {
        return real(file)->pMethods->xSectorSize(real(file));
    }
    static int characteristics(sqlite3_file*) { return 0; }  // Promises nothing about writes.
    static int shm_map(sqlite3_file* file, int page, int size, int extend, void volatile** memory)
    {
        return real(file)->pMethods->xShmMap(real(file), page, size, extend, memory);
    }
    static int shm_lock(sqlite3_file* file, int offset, int count, int flags)
    {
        return real(file)->pMethods->xShmLock(real(file), offset, count, flags);
    }
    static void shm_barrier(sqlite3_file* file) { real(file)->pMethods->xShmBarrier(real(file)); }
    static int shm_unmap(sqlite3_file* file, int removes)
    {
        return real(file)->pMethods->xShmUnmap(real(file), removes);
    }

    static const sqlite3_io_methods* methods()
    {
        static const sqlite3_io_methods list{2,
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
        return &list;
    }

    static int open(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags,
                    int* out_flags)
    {
        auto& owner = of(vfs);
        auto* self = new (file) PowerLossFile{};
        self->owner = &owner;
        self->name = name == nullptr ? "" : name;
        self->real = reinterpret_cast<sqlite3_file*>(self + 1);
        self->real->pMethods = nullptr;
        const int code = owner.real_->xOpen(owner.real_, name, self->real, flags, out_flags);
        if (code != SQLITE_OK) return code;
        self->base.pMethods = methods();
        owner.note_opened(self->name, content_of(self->name));
        return SQLITE_OK;
    }
    static int remove(sqlite3_vfs* vfs, const char* name, int sync_folder)
    {
        auto& owner = of(vfs);
        if (owner.is_cut_) return SQLITE_IOERR_DELETE;
        owner.note_removed(name);
        return owner.real_->xDelete(owner.real_, name, sync_folder);
    }
};

PowerLoss::PowerLoss() : real_(sqlite3_vfs_find(nullptr)), shim_(*real_)
{
    shim_.zName = "power_loss";
    shim_.szOsFile = static_cast<int>(sizeof(PowerLossFile)) + real_->szOsFile;
    shim_.pAppData = this;
    shim_.xOpen = PowerLossCalls::open;
    shim_.xDelete = PowerLossCalls::remove;
    // The rest is the real one's, called with its own structure.
    shim_.xAccess = [](sqlite3_vfs* vfs, const char* name, int flags, int* result) {
        auto* behind = PowerLossCalls::of(vfs).real_;
        return behind->xAccess(behind, name, flags, result);
    };
    shim_.xFullPathname = [](sqlite3_vfs* vfs, const char* name, int size, char* out) {
        auto* behind = PowerLossCalls::of(vfs).real_;
        return behind->xFullPathname(behind, name, size, out);
    };
    sqlite3_vfs_register(&shim_, 1);
}

PowerLoss::~PowerLoss()
{
    sqlite3_vfs_unregister(&shim_);
    sqlite3_vfs_register(real_, 1);
}

void PowerLoss::apply(std::string& content, const Write& write)
{
    const auto offset = static_cast<std::size_t>(write.offset);
    if (write.bytes.empty()) return content.resize(offset);
    if (content.size() < offset + write.bytes.size()) content.resize(offset + write.bytes.size());
    content.replace(offset, write.bytes.size(), write.bytes);
}

void PowerLoss::note(const std::string& file, Write write)
{
    const std::scoped_lock lock{mutex_};
    if (is_cut_) return;  // The rest of a write that was under way.
    disks_[file].unsynced.push_back(std::move(write));
    if (++writes_ >= cut_at_) is_cut_ = true;
}

void PowerLoss::note_sync(const std::string& file)
{
    ++syncs_;
    const std::scoped_lock lock{mutex_};
    auto& disk = disks_[file];
    for (const auto& write : disk.unsynced) apply(disk.synced, write);
    disk.unsynced.clear();
}

void PowerLoss::note_removed(const std::string& file)
{
    const std::scoped_lock lock{mutex_};
    disks_.erase(file);
}

void PowerLoss::note_opened(const std::string& file, const std::string& content)
{
    const std::scoped_lock lock{mutex_};
    disks_.try_emplace(file, Disk{content, {}});
}

void PowerLoss::restore(unsigned seed, unsigned survivors)
{
    std::mt19937 generator{seed};
    std::uniform_int_distribution<unsigned> chance{0, 255};
    for (auto& [file, disk] : disks_) {
        for (const auto& write : disk.unsynced) {
            if (chance(generator) < survivors) {
                apply(disk.synced, write);
            } else {
                ++lost_;
            }
        }
        std::ofstream{file, std::ios::binary | std::ios::trunc} << disk.synced;
        std::error_code ignored;
        std::filesystem::remove(file + "-shm", ignored);  // Memory: gone with the power.
    }
    disks_.clear();
    cut_at_ = std::numeric_limits<std::int64_t>::max();
    is_cut_ = false;
}

}  // namespace accessd::test
